import { caseModel } from '../support/case-models.js';
import { task } from '../support/models.js';
import type { Application } from './application.js';
import type { RouteInput } from './route-inputs.js';

const MODEL = 'A case';

/** What makes each route about cases succeed, by its id. What a path names is there once `before` has run. */
export function caseInputs(app: Application): [string, () => RouteInput][] {
  const admin = () => app.as('admin');
  const begun = async (path: Record<string, string>): Promise<void> => {
    const source = caseModel('owner, helper', [task('a', { assignee: 'alice' })]);
    await admin().model.save(MODEL, source);
    path.instanceId = (await admin().engine.start(MODEL, { open: 1 })).id;
  };
  const commented = async (path: Record<string, string>): Promise<void> => {
    await begun(path);
    path.commentId = (await admin().cases.comment(path.instanceId as string, 'first')).id;
  };
  const at =
    (more: Record<string, string>, body?: Record<string, unknown>, make = begun) =>
    (): RouteInput => {
      const path = { instanceId: 'none', commentId: 'none', ...more };
      return { path, ...(body !== undefined && { body }), before: () => make(path) };
    };
  const holders = { holders: { users: ['bob'] } };
  const operations = () => admin().policies.caseOperations;
  const limited = async (): Promise<void> => {
    await begun({});
    await operations().save('CANCEL_CASE', ['owner']);
    await admin().policies.caseFields.save('data.salary', { roles: ['owner'] });
  };
  const declared = (): Promise<void> => begun({});
  const operation = { operation: 'CANCEL_CASE' };
  const field = { field: 'data.salary' };
  return [
    ['cases.roles', at({})],
    ['cases.setRole', at({ role: 'helper' }, holders)],
    ['cases.addToRole', at({ role: 'helper' }, holders)],
    ['cases.listComments', at({}, undefined, commented)],
    ['cases.comment', at({}, { text: 'first' })],
    ['cases.changeComment', at({}, { text: 'second' }, commented)],
    ['cases.removeComment', at({}, undefined, commented)],
    ['cases.setData', at({}, { data: { open: 2 } })],
    ['cases.removeData', at({}, { names: ['open'] })],
    ['caseOperations.list', () => ({ before: limited })],
    ['caseOperations.text', () => ({ before: limited })],
    ['caseOperations.load', () => ({ body: { text: 'CANCEL_CASE=owner\n' }, before: declared })],
    ['caseOperations.save', () => ({ path: operation, body: { roles: ['owner'] }, before: declared })],
    ['caseOperations.reset', () => ({ path: operation, before: limited })],
    ['caseFields.list', () => ({ before: limited })],
    ['caseFields.save', () => ({ path: field, body: { value: { roles: ['owner'] } }, before: declared })],
    ['caseFields.remove', () => ({ path: field, before: limited })],
  ];
}
