import { openJournal } from './journal-file.mjs';

export const open = (folder) => openJournal(folder, 'forgets');
