/**
 * The one way to declare a call. Path, permission, schemas and refusals are data: the router, OpenAPI, the
 * permission matrix and the documentation are all made from them. A route without `access` does not compile.
 */
import type { Response } from 'express';
import { z } from 'zod';
import type { Scope } from '../domain/api-key';
import type { RefusalCode } from '../domain/refusal';
import type { Access, ActorFor, SignedIn } from './actor';
import { readPart } from './problem';

/** A body with its JSON, written once for many answers. */
export interface Written<R> {
  readonly body: R;
  readonly text: Buffer;
  /** As in the header; whoever has this one is answered 304. */
  readonly etag: string;
}

export interface Answer<R> {
  readonly body: R;
  /** Sent in place of `body` where it is given. */
  readonly written?: Written<R>;
  readonly location?: string;
  /** Of the workflow that the call started or steered; kept in the idempotency record. */
  readonly workflowId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes the response over in place of `body`: for answers that go on for long. */
  readonly stream?: (response: Response) => void;
}

/** What every handler gets beside its parsed input. */
export interface Circumstances {
  readonly requestId: string;
  /** The caller's address, for rate limits. */
  readonly ip: string;
  /** Where an event stream is to resume; '' where nothing was said. */
  readonly lastEventId: string;
  /** The Idempotency-Key; '' where none was sent, or none is heeded. */
  readonly key: string;
  /** UUID of SHA-256("actor|route|key"): the id of the work that this call starts; '' as above. */
  readonly workId: string;
}

export interface Call<A extends Access, P, Q, B> extends Circumstances {
  readonly actor: ActorFor<A>;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
}

/**
 * What an API key must be allowed for a customers' route; `none`: no key may, only the customer's own sign-in.
 * A customers' route without it does not compile.
 */
export type RouteScope = Scope | 'none';

type ScopeFor<A extends Access> = A extends 'customer' | 'customer-open'
  ? { readonly scope: RouteScope }
  : { readonly scope?: never };

export interface RouteSpec<
  A extends Access,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
> {
  readonly method: 'get' | 'post' | 'delete';
  /** Express path; parameters as `:id`. */
  readonly path: `/${string}`;
  readonly access: A;
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** POSTs that move money or start work. */
  readonly idempotent?: Idempotency;
  readonly status?: 200 | 201 | 202;
  readonly answer: R;
  /** A download: the answer is text of this media type, sent as it is. */
  readonly contentType?: string;
  /** What an idempotent route keeps for retries in place of its answer, where that holds a secret. */
  readonly keep?: (body: z.output<R>) => z.output<R>;
  /** Refusals of its own, beside those that every such route has. */
  readonly refusals?: readonly RefusalCode[];
  readonly handler: (call: Call<A, z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer<z.output<R>>>;
}

/** true: Idempotency-Key required, one effect for ever. `where-keyed`: the same for callers who send one. */
export type Idempotency = true | 'where-keyed';

export interface RawCall extends Circumstances {
  readonly actor: SignedIn | null;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** A declared route with its types folded away. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: `/${string}`;
  readonly access: Access;
  /** Of customers' routes; null on others. */
  readonly scope: RouteScope | null;
  readonly summary: string;
  readonly tag: string;
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly idempotent: Idempotency | false;
  readonly status: number;
  readonly answer: z.ZodType;
  readonly contentType: string | undefined;
  readonly keep: (body: unknown) => unknown;
  readonly refusals: readonly RefusalCode[];
  /** Parses the input (throws RequestError) and returns the work to do. */
  readonly prepare: (raw: RawCall) => () => Promise<Answer<unknown>>;
}

/** A part that a route does not declare must be empty. */
const EMPTY = z.strictObject({});

/** Declares a route; nothing runs before app.ts mounts it. */
export function route<
  A extends Access,
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
>(spec: RouteSpec<A, P, Q, B, R> & ScopeFor<A>): Route {
  const { params, query, body, handler, keep } = spec;
  return {
    method: spec.method,
    path: spec.path,
    access: spec.access,
    scope: spec.scope ?? null,
    summary: spec.summary,
    tag: spec.tag,
    params,
    query,
    body,
    idempotent: spec.idempotent ?? false,
    status: spec.status ?? 200,
    answer: spec.answer,
    contentType: spec.contentType,
    keep: (answer) => (keep ? keep(answer as z.output<R>) : answer),
    refusals: spec.refusals ?? [],
    prepare: (raw) => {
      const call = {
        ...raw,
        params: params ? readPart(params, 'params', raw.params) : {},
        query: readPart(query ?? EMPTY, 'query', raw.query),
        body: readPart(body ?? EMPTY, 'body', raw.body ?? {}),
      };
      // The runner has authenticated the actor for this access; the types were folded away between.
      return () => handler(call as Call<A, z.output<P>, z.output<Q>, z.output<B>>);
    },
  };
}
