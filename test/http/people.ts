import { SecureUser, type UserInfo } from 'bpmn-guard';
import { catching, end, message, model, requestVacation, signal, start, task } from '../support/models.js';

/** Those whom the directory knows. */
export const PEOPLE: Readonly<Record<string, UserInfo>> = {
  alice: { userName: 'alice', userGroups: ['hr'] },
  bob: { userName: 'bob' },
  stranger: { userName: 'stranger' },
  boss: { userName: 'boss' },
  admin: { userName: 'admin', userGroups: ['ADMIN'] },
};
export const ADMIN = new SecureUser(PEOPLE.admin as UserInfo);

export const MODELS: Readonly<Record<string, string>> = {
  'Request Vacation': requestVacation(),
  /** For one of hr, then for bob; only alice may start it. */
  review: model(
    [start(), task('read', { candidateGroups: 'hr' }), task('sign', { assignee: 'bob' }), end()],
    { process: { candidateStarterUsers: 'alice' } },
  ),
  /** Waits for a message, then for a signal. */
  wait: model([start(), catching('hear', message('heard')), catching('see', signal('seen')), end()], {
    messages: ['heard'],
    signals: ['seen'],
  }),
  /** Has a second start event, which nothing but `startEvent` uses. */
  two: model([
    start(),
    task('first', { assignee: 'alice' }),
    end(),
    { ...start({}, '', 'late'), flow: false },
  ]),
};
