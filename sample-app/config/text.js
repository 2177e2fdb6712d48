/** The text of a variable; undefined when it is unset or blank. */
export const text = (value) => (value === undefined || value.trim() === '' ? undefined : value.trim());
