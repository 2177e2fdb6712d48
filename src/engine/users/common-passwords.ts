/**
 * Whether it is one of the most common passwords, ignoring case. The list is loaded on first use: it takes a tenth
 * of a second and several megabytes, which processes that set no passwords save.
 * @param folded the password in lower case
 */
export async function isCommon(folded: string): Promise<boolean> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return dictionary['passwords-common'].includes(folded);
}
