/** A browser as far as HTTP goes: cookies by path, redirects, forms. Its requests carry the headers of a person's. */
export class BrowserJar {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  /** One request; redirects are not followed. */
  async request(address: URL | string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}): Promise<Response> {
    const url = new URL(address);
    const cookie = this.cookieHeader(url);
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { accept: 'text/html', ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) this.#store(line, url);
    return response;
  }

  /** The cookies that a request there is sent with. */
  cookieHeader(url: URL): string {
    return [...this.#cookies]
      .filter(([, { path }]) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  }

  /** Follows redirects until one leaves `origin` or a page is shown. */
  async follow(address: URL | string, origin = new URL(address).origin): Promise<{ url: URL; response: Response | undefined }> {
    let url = new URL(address);
    for (let step = 0; step < 20; step += 1) {
      if (url.origin !== origin) return { url, response: undefined };
      const response = await this.request(url);
      const location = response.headers.get('location');
      if (location === null) return { url, response };
      url = new URL(location, url);
    }
    throw new Error(`too many redirects, last to ${url.href}`);
  }

  /** Posts a form from a page of the same origin. */
  async post(address: URL | string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(address, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: new URL(address).origin, ...headers } });
  }

  names(): string[] {
    return [...this.#cookies.keys()].map((key) => key.split(' ')[0] ?? '');
  }

  values(): string[] {
    return [...this.#cookies.values()].map(({ value }) => value);
  }

  #store(line: string, url: URL): void {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? url.pathname;
    const expires = attributes.find((attribute) => /^expires=/i.test(attribute))?.slice(8);
    if (expires !== undefined && new Date(expires).getTime() < Date.now()) this.#cookies.delete(`${name} ${path}`);
    else this.#cookies.set(`${name} ${path}`, { value, path });
  }
}
