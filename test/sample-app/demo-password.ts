interface DemoUser {
  readonly userName: string;
  readonly password: string;
}
const { DEMO_USERS } = require('../../sample-app/users/demo.js') as {
  readonly DEMO_USERS: readonly DemoUser[];
};

/** The password with which a demo user is made. */
export function demoPassword(userName: string): string {
  const found = DEMO_USERS.find((user) => user.userName === userName);
  if (found === undefined) throw new Error(`${userName} is no demo user.`);
  return found.password;
}
