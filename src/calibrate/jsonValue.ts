import type { z } from 'zod';
import { readPart } from '../config/inputSchema.js';

/** A value of a JSON document that a user gave: reads numbers, and notes what is wrong with them, with their path. */
export class JsonValue {
  readonly value: unknown;
  private readonly path: string;
  private readonly refuse: (message: string) => undefined;

  constructor(value: unknown, path: string, refuse: (message: string) => undefined) {
    this.value = value;
    this.path = path;
    this.refuse = refuse;
  }

  /** Of a mapping, or of a list by its index. */
  at(key: string | number): JsonValue {
    const inner = Object.hasOwn(Object(this.value), key)
      ? (this.value as Readonly<Record<string | number, unknown>>)[key]
      : undefined;
    const step = typeof key === 'number' ? `[${key}]` : `${this.path === '' ? '' : '.'}${key}`;
    return new JsonValue(inner, `${this.path}${step}`, this.refuse);
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The items of a list; undefined when it is none. */
  get items(): JsonValue[] | undefined {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.at(index)) : undefined;
  }

  /** NaN when it is absent, and, with a mistake noted, when it is something else. */
  measured(schema: z.ZodType<number>): number {
    return this.isAbsent ? Number.NaN : this.needed(schema);
  }

  needed(schema: z.ZodType<number>): number {
    return this.read(schema) ?? Number.NaN;
  }

  read<Value>(schema: z.ZodType<Value>): Value | undefined {
    return readPart(schema, this.value ?? null, [], ({ message }) => this.wrong(message));
  }

  wrong(message: string): undefined {
    return this.refuse(`${this.path}: ${message}`);
  }
}
