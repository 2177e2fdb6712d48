/** The part of a stored user that others may know: never the password. */
export function publicUser({ userName, userGroups, tenantId, modelsOwner, attributes, disabled }) {
  return { userName, userGroups, tenantId, modelsOwner, attributes, disabled };
}

/** Who saves the models that come with the application: an administrator without a login. */
export const SEEDER = Object.freeze({ userName: 'model-seeder', userGroups: Object.freeze(['ADMIN']) });

/**
 * The users of the store, as the guard asks for them on each request. Without authentication the configured
 * development user is known too, stored or not.
 */
export function directoryOf(getUsers, { requireAuthentication, developmentUser }) {
  function unstored(userName) {
    if (userName === SEEDER.userName) return SEEDER;
    return !requireAuthentication && userName === developmentUser ? { userName } : undefined;
  }
  return Object.freeze({
    async find(userName) {
      const user = await getUsers().find(userName);
      return user ? publicUser(user) : unstored(userName);
    },
  });
}
