/** An application error of a method: HTTP 200, JSON-RPC error with this code (1 generic, 3 reverted, 11 no actor). */
export class RpcFailure extends Error {
  readonly code: number;
  readonly data: string | null;
  constructor(message: string, code = 1, data: string | null = null) {
    super(message);
    this.name = 'RpcFailure';
    this.code = code;
    this.data = data;
  }
}

/** A parameter that does not decode; HTTP 500, -32700. The text is Go's. */
export class BadParam extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadParam';
  }
}

/** A JSON value of the wrong kind, reported by Go with the struct field it was found in. */
export class WrongKind extends BadParam {
  readonly found: string;
  readonly wanted: string;
  constructor(found: string, wanted: string) {
    super(`json: cannot unmarshal ${found} into Go value of type ${wanted}`);
    this.name = 'WrongKind';
    this.found = found;
    this.wanted = wanted;
  }
}

/** A method that could only answer with a stream; HTTP 500, -32601. */
export class ChannelMethod extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChannelMethod';
  }
}
