/**
 * What the code of the pages takes for granted: what an application has already, by the names that it usually has. Not
 * declared here are the names of this package: a page imports what it uses of it.
 */
export const AMBIENT = `
import type { Express, Request, RequestHandler } from 'express';
import type { IConfiguration } from 'bpmn-server';
import type { ApiKeys, Guard, GuardApi, GuardLogger, SecureUser, Store, UserDirectory, UserInfo } from 'bpmn-guard';

declare global {
  const app: Express;
  const api: GuardApi;
  const configuration: IConfiguration;
  const directory: UserDirectory;
  const error: unknown;
  const find: (req: unknown) => Promise<object>;
  const guard: Guard;
  const keys: ApiKeys;
  const logger: GuardLogger;
  const passport: { authenticate(strategy: string): RequestHandler };
  const req: Request;
  const retryLater: () => void;
  const routes: RequestHandler;
  const saveModel: RequestHandler;
  const showReport: RequestHandler;
  const listDocuments: RequestHandler;
  const source: string;
  const store: Store;
  const taskId: string;
  const user: UserInfo;
}
`;

/** Packages that the pages mention and that are not installed here with types. */
export const MODULES = `
declare module 'express-session' { const session: any; export default session; }
declare module 'passport' { const passport: any; export default passport; }
declare module 'passport-local' { export const Strategy: any; }
declare module 'passport-openidconnect' { const Strategy: any; export default Strategy; }
declare module 'bpmn-client' { export const BPMNClient: any; }
declare module 'jose' { export const createRemoteJWKSet: any, errors: any, jwtVerify: any; }
`;
