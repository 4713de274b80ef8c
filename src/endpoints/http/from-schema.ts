/** The subset of JSON Schema 2020-12 in which parameters, bodies and answers are written. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  /** Always closed: a name we do not know is a mistake to be told, not to be ignored. */
  readonly additionalProperties: false;
  readonly minProperties?: number;
  readonly description?: string;
}

interface Primitives {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  null: null;
}

type Primitive<Name> = Name extends keyof Primitives ? Primitives[Name] : never;

/** Properties that are there after validation: required ones, and those that get a default. */
type Present<S extends { properties: object }> =
  | { [K in keyof S['properties']]: S['properties'][K] extends { default: unknown } ? K : never }[keyof S['properties']]
  | (S extends { required: readonly (infer R)[] } ? R & keyof S['properties'] : never);

type Simplified<T> = { [K in keyof T]: T[K] };

/** The type of a value that a schema (written `as const`) accepts. */
export type FromSchema<S> = S extends { const: infer C }
  ? C
  : S extends { enum: readonly (infer E)[] }
    ? E
    : S extends { type: 'array'; items: infer I }
      ? FromSchema<I>[]
      : S extends { type: 'object'; properties: object }
        ? Simplified<
            { [K in Present<S>]: FromSchema<S['properties'][K]> } & {
              [K in Exclude<keyof S['properties'], Present<S>>]?: FromSchema<S['properties'][K]>;
            }
          >
        : S extends { type: 'object' }
          ? Record<string, unknown>
          : S extends { type: readonly (infer T)[] }
            ? Primitive<T>
            : S extends { type: infer T }
              ? Primitive<T>
              : unknown;
