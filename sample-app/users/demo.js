const user = (userName, userGroups, password, attributes = {}) =>
  Object.freeze({ userName, userGroups, password, attributes });

/** Users for trying the application out. Their passwords are printed at every start: for demonstration only. */
export const DEMO_USERS = Object.freeze([
  user('user1', ['employees'], 'demo-first-1', { supervisor: 'boss' }),
  user('user2', ['employees'], 'demo-second-2', { supervisor: 'boss' }),
  user('boss', ['managers'], 'demo-third-3'),
  user('reviewer', ['Reviewer'], 'demo-fourth-4'),
  user('baker', ['Pizzeria Staff'], 'demo-fifth-5', { store: 'north' }),
  user('designer', ['DESIGNER'], 'demo-sixth-6'),
  user('admin', ['ADMIN'], 'demo-last-7'),
]);
