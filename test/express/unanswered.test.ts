import { Child } from '../support/child.js';

const UNCAUGHT = 'nothing caught a refusal: a route or task of the application must handle it';
const ANSWERED = 'answered a refusal that its route did not catch';
const CLIENTS = ['json', 'browser', 'nobody', 'rendered', 'unhandled'] as const;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}
interface Fact {
  readonly client?: (typeof CLIENTS)[number] | 'many';
  readonly path: string;
  readonly expected: Answer;
  readonly found: Answer;
  readonly texts?: readonly string[];
  readonly log: readonly { message: string; code: string; answered?: boolean }[];
}

const APPLICATIONS = [
  { module: 'express', dropIn: false, alone: false },
  { module: 'express4', dropIn: true, alone: false },
  // With `protect` only, and without `authenticate`.
  { module: 'express', dropIn: true, alone: true },
  { module: 'express4', dropIn: false, alone: true },
];

describe.each(APPLICATIONS)('A refusal that a route does not return (%j)', (application) => {
  let child: Child;
  let facts: readonly Fact[];
  let foreign: Child;
  beforeAll(async () => {
    child = new Child('unanswered.mjs', application);
    foreign = new Child('unanswered.mjs', { ...application, mode: 'foreign' });
    const { code, errors } = await child.ended();
    expect([code, errors]).toEqual([0, expect.not.stringMatching(/Error/)]);
    expect(child.facts.at(-1)).toEqual({ alive: true });
    facts = child.facts.slice(0, -1) as Fact[];
  }, 60_000);
  afterAll(async () => {
    await child.kill();
    await foreign.kill();
  });

  const of = (client: string): readonly Fact[] => facts.filter((fact) => fact.client === client);
  const uncaught = ({ log }: Fact): Fact['log'] =>
    log.filter(({ message, answered }) => message === (answered === true ? ANSWERED : UNCAUGHT));

  test.each(CLIENTS)('is answered as if the route had returned it: to the client %s', (client) => {
    expect(of(client)).toHaveLength(15);
    for (const { path, expected, found } of of(client))
      expect({ path, ...found }).toEqual({ path, ...expected });
  });

  test('goes to its own request, when many run at once', () => {
    const told = (of('many')[0]?.texts ?? []).map((text) => (JSON.parse(text) as { detail: string }).detail);
    expect(told).toEqual(Array.from({ length: 20 }, (_none, at) => `No ${at} for you.`));
  });

  test('is answered with JSON for programs, a page for browsers, and what the application renders', () => {
    const [json, browser, nobody, rendered, unhandled] = CLIENTS.map(
      (client) => of(client)[0]?.found as Answer,
    );
    // Who has not signed in gets no further.
    const [status, code] = application.alone ? [401, 'unauthenticated'] : [404, 'not-found'];
    expect([json?.status, JSON.parse(json?.text ?? '')]).toMatchObject([status, { code }]);
    expect([browser?.status, browser?.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect([nobody?.status, nobody?.headers['www-authenticate']]).toEqual([401, expect.any(String)]);
    const who = application.alone ? 'undefined' : 'eve';
    expect([rendered?.status, rendered?.text]).toEqual([status, `<p>${code} for ${who}</p>`]);
    expect([unhandled?.status, unhandled?.text]).toEqual([status, `own: ${code}`]);
    const down = of('json').find(({ path }) => path === '/down/void');
    expect([down?.found.status, down?.found.headers['retry-after']]).toEqual([503, '5']);
  });

  test('is logged, and answered once', () => {
    for (const client of CLIENTS)
      for (const fact of of(client)) {
        const answered = uncaught(fact).map((entry) => entry.answered);
        expect([client, fact.path, answered]).toEqual([
          client,
          fact.path,
          fact.path === '/twice' ? [true, false] : [true],
        ]);
      }
  });

  test('is only logged if the route has begun to answer, or the caller has gone', () => {
    const [sent, streams, gone] = facts.filter(({ client }) => client === undefined) as [Fact, Fact, Fact];
    expect([sent.found.status, sent.found.text]).toEqual([200, '{"sent":true}']);
    expect([streams.found.status, streams.found.text]).toEqual([200, 'one two']);
    for (const fact of [sent, streams, gone])
      expect([fact.path, uncaught(fact)]).toEqual([
        fact.path,
        [{ message: UNCAUGHT, code: expect.any(String), answered: false }],
      ]);
  });

  test('is told from errors of others: these end the process as Node does', async () => {
    const { code, errors } = await foreign.ended();
    expect([code, foreign.facts]).toEqual([1, []]);
    expect(errors).toMatch(/Error: a foreign rejection/);
  });
});
