/** The part of a stored user that others may know: never the password. */
export function publicUser({ userName, userGroups, tenantId, modelsOwner, attributes, disabled }) {
  return { userName, userGroups, tenantId, modelsOwner, attributes, disabled };
}

/**
 * The users of the store, as the guard asks for them on each request. Without authentication the configured
 * development user is known too, stored or not.
 */
export function directoryOf(getUsers, { requireAuthentication, developmentUser }) {
  const unstored = (userName) => (!requireAuthentication && userName === developmentUser ? { userName } : undefined);
  return Object.freeze({
    async find(userName) {
      const user = await getUsers().find(userName);
      return user ? publicUser(user) : unstored(userName);
    },
  });
}
