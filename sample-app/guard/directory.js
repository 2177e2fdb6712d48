/** The part of a stored user that others may know: never the password. */
export function publicUser({ userName, userGroups, tenantId, modelsOwner, attributes, disabled }) {
  return { userName, userGroups, tenantId, modelsOwner, attributes, disabled };
}
