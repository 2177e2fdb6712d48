import { isGuardError } from '../core/errors.js';
import { messageOf } from '../core/thrown.js';
import { nearest } from '../core/options.js';
import { readStore } from '../engine/contract/environment.js';
import { listAudit } from './audit.js';
import { archive } from './archive.js';
import { fileProblem } from './file-error.js';
import { HELP, helpOf } from './help.js';
import { NotDone, UsageError, type Io } from './io.js';
import { createKey, listKeys, revokeKey } from './key.js';
import { checkStore } from './check-store.js';
import { checkModels } from './models-check.js';
import { exportModels, importModels, listModels } from './models.js';
import { backup, install, reindexAll, verify, type Run } from './maintenance.js';
import {
  applyPolicies,
  checkPolicies,
  diffPolicies,
  exportPolicies,
  policyHistory,
  releasePolicies,
} from './policy.js';
import { lintPolicies } from './policy-lint.js';
import { moveStore } from './move.js';
import { withoutPasswords } from './redact.js';
import { restoreBackup } from './restore.js';
import { groupsOfUser } from './user-groups.js';
import { listWork, retryWork, stopWork } from './work.js';
import { addUser, disableUser, enableUser, listUsers, removeUser, setPassword } from './user.js';
import { VERSION } from './version.js';

const COMMANDS: Readonly<Record<string, Run>> = {
  install,
  reindex: reindexAll,
  verify,
  backup,
  restore: restoreBackup,
  move: moveStore,
  archive,
  'check-store': checkStore,
  'models list': listModels,
  'models import': importModels,
  'models export': exportModels,
  'models check': checkModels,
  check: checkModels,
  'policy check': checkPolicies,
  'policy diff': diffPolicies,
  'policy apply': applyPolicies,
  'policy release': releasePolicies,
  'policy export': exportPolicies,
  'policy history': policyHistory,
  'policy lint': lintPolicies,
  'key create': createKey,
  'key list': listKeys,
  'key revoke': revokeKey,
  'work list': listWork,
  'work retry': retryWork,
  'work stop': stopWork,
  'audit list': listAudit,
  'user add': addUser,
  'user disable': disableUser,
  'user enable': enableUser,
  'user list': listUsers,
  'user groups': groupsOfUser,
  'user remove': removeUser,
  'user password': setPassword,
};

function find(args: readonly string[]): { run: Run; rest: readonly string[] } | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    if (args.length >= words && Object.hasOwn(COMMANDS, name))
      return { run: COMMANDS[name] as Run, rest: args.slice(words) };
  }
  return undefined;
}

/** What an unknown command could have meant. */
function unknownCommand(args: readonly string[]): UsageError {
  const [first = '', second] = args;
  const below = Object.keys(COMMANDS).filter((name) => name.startsWith(`${first} `));
  if (below.length > 0 && second === undefined)
    return new UsageError(`The command ${first} needs another word: ${below.join(', ')}.`);
  const given = args.slice(0, 2).join(' ');
  const all = [...Object.keys(COMMANDS), 'help', 'version', '--version', '--help'];
  const meant = nearest(given, below.length > 0 ? below : all) ?? nearest(first, all);
  return new UsageError(`Unknown command ${given}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`);
}

const VERSION_WORDS: readonly string[] = ['--version', '-v', 'version'];
const isHelp = (word: string): boolean => word === '--help' || word === '-h';

/** The help for a command, or all of it. @throws UsageError for an unknown command */
function helpFor(words: readonly string[]): string {
  if (words.length === 0) return HELP;
  // Everything after the name of a command is an argument of it.
  const length = words.length > 1 && find(words.slice(0, 1)) !== undefined ? 1 : 2;
  const found = helpOf(words.slice(0, length));
  if (found !== undefined) return found;
  throw unknownCommand(words);
}

function told(error: unknown, io: Io): number {
  if (error instanceof UsageError) {
    io.err(`${error.message}\nbpmn-guard help lists the commands and options.`);
    return 2;
  }
  if (error instanceof NotDone) io.err(error.message);
  else if (isGuardError(error)) io.err(`${error.message} (${error.code})`);
  else io.err(fileProblem(error) ?? `Failed: ${messageOf(error)}`);
  return 1;
}

/** Runs one command; resolves to the exit code and never rejects. */
export async function main(args: readonly string[], streams: Io): Promise<number> {
  const io = withoutPasswords(args, streams, readStore(streams.env).url);
  const [first, ...rest] = args;
  const command = find(args);
  try {
    if (first === undefined) {
      io.out(HELP);
      return 2;
    }
    const asked = first === 'help' ? rest : args;
    if (first === 'help' || asked.some(isHelp)) {
      io.out(helpFor(asked.filter((word) => !word.startsWith('-'))));
      return 0;
    }
    if (VERSION_WORDS.includes(first)) {
      io.out(VERSION);
      return 0;
    }
    if (command === undefined) throw unknownCommand(args);
    return await command.run(command.rest, io);
  } catch (error) {
    return told(error, io);
  }
}
