import { SecureUser as HostUser } from 'bpmn-server';
import { SecureUser } from '../../../src/core/principal.js';
import { arrangeAssign, arrangeStart } from '../../../src/engine/enforcement/user-place.js';

const ann = new SecureUser({ userName: 'ann' });
const host = new HostUser({ userName: 'bob', userGroups: [] });
const body = { userName: 'root', userGroups: ['ADMIN'] };
const noUser = Object.create(HostUser.prototype) as object;

test.each<[string, unknown, unknown, unknown, { user: unknown; options: unknown }]>([
  ['third', ann, { noWait: true }, undefined, { user: ann, options: { noWait: true } }],
  ['fourth behind an empty object', {}, ann, { noWait: true }, { user: ann, options: { noWait: true } }],
  ['fourth behind null', null, ann, undefined, { user: ann, options: undefined }],
  ["fourth, of bpmn-server's own class", {}, host, undefined, { user: host, options: undefined }],
  ['nowhere: a body in the fourth place is options', {}, body, undefined, { user: {}, options: body }],
  ['nowhere: nor does its class alone make a user', {}, noUser, undefined, { user: {}, options: noUser }],
  ['third, whatever stands behind', body, ann, undefined, { user: body, options: ann }],
  ['third, if nothing is given', undefined, ann, undefined, { user: undefined, options: ann }],
  ['third, if a list is given', [], ann, undefined, { user: [], options: ann }],
])('of a start the user stands %s', (_what, third, fourth, fifth, expected) => {
  expect(arrangeStart(third, fourth, fifth)).toEqual(expected);
});

test.each<[string, unknown, unknown, { user: unknown; assignment: unknown }]>([
  ['fourth', { assignee: 'x' }, ann, { user: ann, assignment: { assignee: 'x' } }],
  ["third, in the client's order", ann, { assignee: 'x' }, { user: ann, assignment: { assignee: 'x' } }],
  ['fourth, though a body looks like one', body, ann, { user: ann, assignment: body }],
])('of an assignment the user stands %s', (_what, third, fourth, expected) => {
  expect(arrangeAssign(third, fourth)).toEqual(expected);
});
