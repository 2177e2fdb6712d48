const user = (userName, userGroups, password, attributes = {}) =>
  Object.freeze({ userName, userGroups, password, attributes });

/** Users for trying the application out. Their passwords are printed at every start: for demonstration only. */
export const DEMO_USERS = Object.freeze([
  user('user1', ['employees'], 'user1-demo', { supervisor: 'boss' }),
  user('user2', ['employees'], 'user2-demo', { supervisor: 'boss' }),
  user('boss', ['managers'], 'boss-demo'),
  user('reviewer', ['Reviewer'], 'reviewer-demo'),
  user('baker', ['Pizzeria Staff'], 'baker-demo'),
  user('designer', ['DESIGNER'], 'designer-demo'),
  user('admin', ['ADMIN'], 'admin-demo'),
]);
