import { AccessDenied } from 'bpmn-guard';

const WRONG = new AccessDenied('unauthenticated', 'The password is not the right one.');

/**
 * Tells the audit trail who signed in, who could not, and who signed out, each with the address. A name that was
 * entered is recorded only where there is such a user: people type their password into the wrong field.
 */
export function sessionRecords({ identity }, users) {
  const nameIn = async ({ body }) =>
    typeof body?.userName === 'string' ? (await users.find(body.userName))?.userName : undefined;

  return Object.freeze({
    signedIn: (req, { userName }) => identity.session('login', userName, { address: req.ip }),

    async refused(req) {
      await identity.refusedLogin(WRONG, { userName: await nameIn(req), address: req.ip });
    },

    /** The store did not answer: the record waits for it as well, and the reader of the page does not. */
    failed(req, error) {
      void identity.refusedLogin(error, { address: req.ip });
    },

    async signedOut(req, userName) {
      if (userName !== undefined) await identity.session('logout', userName, { address: req.ip });
    },
  });
}
