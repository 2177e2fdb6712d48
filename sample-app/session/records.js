import { AccessDenied } from 'bpmn-guard';

const WRONG = new AccessDenied('unauthenticated', 'The password is wrong.');

/**
 * Records logins, failed logins and logouts in the audit trail, each with the address. An entered name is recorded
 * only if that user exists: people type their password into the wrong field.
 */
export function sessionRecords({ identity }, users) {
  const nameIn = async ({ body }) =>
    typeof body?.userName === 'string' ? (await users.find(body.userName))?.userName : undefined;

  return Object.freeze({
    signedIn: (req, { userName }) => identity.session('login', userName, { address: req.ip }),

    async refused(req) {
      await identity.refusedLogin(WRONG, { userName: await nameIn(req), address: req.ip });
    },

    /** If the store does not answer, the record waits for it, but the reader of the page does not. */
    failed(req, error) {
      void identity.refusedLogin(error, { address: req.ip });
    },

    async signedOut(req, userName) {
      if (userName !== undefined) await identity.session('logout', userName, { address: req.ip });
    },
  });
}
