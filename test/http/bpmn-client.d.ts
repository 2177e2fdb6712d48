/** The client ships no types. */
declare module 'bpmn-client';
