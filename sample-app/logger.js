const line = (write, level) => (message, facts) => write(`${level}: ${message}`, ...(facts === undefined ? [] : [facts]));

/** Writes to the console of the process. */
export const logger = Object.freeze({ info: line(console.log, 'info'), warn: line(console.warn, 'warning'), error: line(console.error, 'error') });
