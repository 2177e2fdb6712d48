/** Times as strings of equal length that sort by time, including times before 1970. */
export const timePlace = (time: Date): string => (time.getTime() + 8.64e15).toString(16).padStart(14, '0');
