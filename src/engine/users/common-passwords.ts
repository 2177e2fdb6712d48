/**
 * Whether it is among the most common passwords, in whichever case. The list is loaded at the first question: it takes
 * a tenth of a second and some megabytes, which processes that set no passwords do without.
 * @param folded the password in lower case
 */
export async function isCommon(folded: string): Promise<boolean> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return dictionary['passwords-common'].includes(folded);
}
