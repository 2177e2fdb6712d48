/**
 * The user directory for the guard: the users in the store and no others. Without authentication, the configured
 * development user is known too, stored or not.
 */
export function directoryOf(users, { requireAuthentication, developmentUser }) {
  if (requireAuthentication) return users;
  return Object.freeze({
    ...users,
    find: async (userName) =>
      (await users.find(userName)) ?? (userName === developmentUser ? { userName } : undefined),
  });
}
