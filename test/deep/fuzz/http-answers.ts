/** One answer as it came over a connection. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';

/** Takes answers out of what a connection receives, however it is cut. */
export class AnswerReader {
  #rest = '';

  /** The answers that have come whole with these bytes (latin1). @throws what is not the text of an answer */
  add(chunk: string): RawAnswer[] {
    this.#rest += chunk;
    const answers: RawAnswer[] = [];
    for (;;) {
      const end = this.#rest.indexOf(HEAD_END);
      if (end < 0) return answers;
      const lines = this.#rest.slice(0, end).split('\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(lines[0] as string)?.[1]);
      if (!(status >= 100)) throw new Error(`not an answer: ${JSON.stringify(this.#rest.slice(0, 200))}`);
      const headers = new Map(
        lines.slice(1).map((line): [string, string] => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        }),
      );
      const rest = this.#rest.slice(end + HEAD_END.length);
      // Of a request with the method HEAD, or one that was not changed, the headers are all.
      const bare = status === 304 || status < 200 || rest.startsWith('HTTP/1.1 ');
      const length = bare ? 0 : Number(headers.get('content-length') ?? 0);
      if (rest.length < length) return answers;
      this.#rest = rest.slice(length);
      answers.push({ status, headers, body: Buffer.from(rest.slice(0, length), 'latin1').toString('utf8') });
    }
  }
}
