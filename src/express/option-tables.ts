import type { Options } from '../core/options.js';
import { GUARD_OPTIONS } from '../engine/contract/guard-options.js';
import { COMMAND_OPTIONS } from '../engine/enforcement/caller-input.js';
import { NEW_USER_OPTIONS, USER_CHANGE_OPTIONS } from '../engine/users/user-input.js';
import { STORE_OPTIONS } from '../store/open.js';
import { AUTHENTICATE_OPTIONS } from './authenticate-options.js';
import { ERROR_HANDLER_OPTIONS } from './error-handler.js';
import { KEY_OPTIONS } from './key-input.js';
import { API_KEYS_OPTIONS } from './keys.js';
import { OWN_ORIGIN_OPTIONS } from './own-origin.js';
import { REQUIRE_OPTIONS } from './require.js';
import { ROUTER_OPTIONS } from './router.js';

/** The option tables of all public functions. The docs are generated from this table. */
export const OPTIONS = Object.freeze({
  createGuard: GUARD_OPTIONS,
  'the store': { ...STORE_OPTIONS.url, ...STORE_OPTIONS.folder, ...STORE_OPTIONS.memory },
  authenticate: AUTHENTICATE_OPTIONS,
  router: ROUTER_OPTIONS,
  errorHandler: ERROR_HANDLER_OPTIONS,
  requirePrivilege: REQUIRE_OPTIONS,
  requireOwnOrigin: OWN_ORIGIN_OPTIONS,
  apiKeys: API_KEYS_OPTIONS,
  'a key': KEY_OPTIONS,
  'a user': NEW_USER_OPTIONS,
  'a change of a user': USER_CHANGE_OPTIONS,
  'a command': COMMAND_OPTIONS,
} satisfies Readonly<Record<string, Options>>);
