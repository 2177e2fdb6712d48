import { SecureUser } from '../../../src/core/principal.js';

const person = (userName: string, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName, userGroups });

/** Who may meet a task: by the part that each plays in `task-states`, and some who only look alike. */
export const PEOPLE = {
  alice: person('alice', 'sales'),
  carol: person('carol'),
  harry: person('harry', 'hr'),
  dave: person('dave'),
  eve: person('eve'),
  sam: person('sam'),
  nobody: person('nobody', 'sales'),
  'a user named like the group': person('hr'),
  'a user in a group named like the assignee': person('zoe', 'alice', 'carol', 'dave', 'sam', 'eve'),
  'a user whose name differs in case': person('Alice', 'HR'),
  designer: person('dora', 'DESIGNER'),
} as const;

export type Person = keyof typeof PEOPLE;
export const EVERYBODY = Object.keys(PEOPLE) as Person[];
export const ADMINISTRATORS = [person('root', 'ADMIN'), person('job', 'SYSTEM')];
