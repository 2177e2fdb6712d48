import { demoPassword } from './demo-password.js';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Path of the page, after redirects. */
  readonly path: string;
}

const SHOWN = /name="shown" value="([^"]+)"/;
const TOKEN = /name="_csrf" value="([^"]+)"/;

/** Somebody with a browser: keeps cookies, follows redirects, sends forms with the token of the last page. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  private token = '';
  /** What the form of a user has shown. */
  private shown: string | undefined;

  /** The token of the last page that had a form. */
  get csrf(): string {
    return this.token;
  }

  constructor(
    readonly address: string,
    /** Sent with every request. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  async get(path: string): Promise<Answer> {
    return this.fetch(path, { method: 'GET' });
  }

  /** Sends a form with the token of the last page that had one, unless another is given. */
  async post(
    path: string,
    fields: Record<string, string> = {},
    token: string | null = this.token,
  ): Promise<Answer> {
    const hidden = { ...(token !== null && { _csrf: token }), ...(this.shown && { shown: this.shown }) };
    const body = new URLSearchParams({ ...hidden, ...fields });
    return this.fetch(path, { method: 'POST', body });
  }

  async login(userName: string, password = demoPassword(userName)): Promise<Answer> {
    await this.get('/login');
    const answer = await this.post('/login', { userName, password });
    if (answer.path !== '/login') await this.get('/tasks');
    return answer;
  }

  private async fetch(path: string, init: RequestInit): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.address), {
      ...init,
      redirect: 'manual',
      headers: { ...this.headers, cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name === undefined) continue;
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value ?? '');
    }
    const target = response.headers.get('location');
    if (target !== null) {
      await response.arrayBuffer();
      return this.fetch(target, { method: 'GET' });
    }
    const text = await response.text();
    this.token = TOKEN.exec(text)?.[1] ?? this.token;
    this.shown = SHOWN.exec(text)?.[1];
    return {
      status: response.status,
      text,
      headers: response.headers,
      path: new URL(path, this.address).pathname,
    };
  }
}

/** The address of the first link of a page to something below `prefix`, with that text. */
export function linkTo(answer: Answer, prefix: string, text: string): string {
  const links = [...answer.text.matchAll(/<a [^>]*?href="([^"]+)"[^>]*>([^<]*)</g)];
  const found = links.find(([, href, shown]) => href?.startsWith(prefix) && shown?.trim() === text);
  if (!found?.[1]) throw new Error(`There is no link ${prefix}… called ${text} in:\n${answer.text}`);
  return found[1];
}
