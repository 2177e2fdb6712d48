/** No types are installed for it. */
declare module 'express-session';
/** The client ships no types. */
declare module 'bpmn-client' {
  export class BPMNClient {
    constructor(host: string, port: number | string, apiKey: string);
    engine: any;
    datastore: any;
    definitions: any;
  }
  export class BPMNClient2 {
    constructor(host: string, port: number | string, apiKey: string);
    engine: any;
    data: any;
    model: any;
  }
}
/** Express 4, beside 5; what is used of it here is the same. */
declare module 'express4' {
  import express from 'express';
  export default express;
}
