// Copies whole tables out of and into a database with COPY, over one connection in one transaction.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Submittable } from 'pg'
import { TemporalClient, valueTypes } from './values.ts'

/** Whole rows in PostgreSQL's text format. */
export type CopiedPart = { bytes: Buffer; rows: number }

export type DedicatedConnection = {
  query: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>
  /**
   * Runs `copy ... to stdout`; awaits `onPart` for each part of whole rows of about `partBytes`.
   * @returns the number of rows
   */
  copyOut: (statement: string, partBytes: number, onPart: (part: CopiedPart) => Promise<void>) => Promise<number>
  /** Runs `copy ... from stdin` with the bytes of `source`. */
  copyIn: (statement: string, source: AsyncIterable<Buffer>) => Promise<void>
  close: () => Promise<void>
}

const session = {
  // Both servers must format values alike.
  ...{ DateStyle: 'ISO', TimeZone: 'UTC', IntervalStyle: 'postgres', extra_float_digits: 1, bytea_output: 'hex' },
  client_encoding: 'UTF8',
  // Server timeouts meant for users do not apply to hours of copying.
  ...{ statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 },
}

/** Opens a connection outside any pool, for transactions that last for hours. */
export async function openConnection(url: string, applicationName: string): Promise<DedicatedConnection> {
  const client = new TemporalClient({
    connectionString: url,
    application_name: applicationName,
    types: valueTypes,
    options: Object.entries(session)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  })
  // The running query rejects as well.
  client.on('error', () => undefined)
  await client.connect()
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      return (await client.query<Row>(text, [...values])).rows
    },
    async copyOut(statement, partBytes, onPart) {
      const copy = new CopyOut(statement, partBytes, onPart)
      client.query(copy)
      return copy.done
    },
    async copyIn(statement, source) {
      const copy = new CopyIn(statement, source)
      client.query(copy)
      await copy.done
    },
    close: () => client.end(),
  }
}

/** The connection as pg passes it to a query that handles COPY (PostgreSQL, Frontend/Backend Protocol 53.2.6). */
type Wire = {
  stream: Socket
  query: (text: string) => void
  sendCopyFromChunk: (chunk: Buffer) => void
  endCopyFrom: () => void
  sendCopyFail: (message: string) => void
}

abstract class Copying implements Submittable {
  readonly done: Promise<number>
  protected readonly settle: PromiseWithResolvers<number>
  /** The first error on our side; the server's error is only its consequence. */
  protected failed: unknown
  readonly #statement: string

  constructor(statement: string) {
    this.#statement = statement
    this.settle = Promise.withResolvers<number>()
    this.done = this.settle.promise
  }

  submit(connection: unknown): void {
    const wire = connection as Wire
    wire.query(this.#statement)
  }
  handleError(error: unknown): void {
    this.settle.reject(this.failed ?? error)
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  abstract handleReadyForQuery(): void
}

class CopyOut extends Copying {
  readonly #onPart: (part: CopiedPart) => Promise<void>
  readonly #partBytes: number
  #part: Buffer
  #filled = 0
  #rows = 0
  #all = 0
  #processing: Promise<void> = Promise.resolve()

  constructor(statement: string, partBytes: number, onPart: (part: CopiedPart) => Promise<void>) {
    super(statement)
    this.#partBytes = partBytes
    this.#part = Buffer.allocUnsafe(Math.min(partBytes, firstPartBytes))
    this.#onPart = onPart
  }

  /** In text format one message is one row. pg overwrites the bytes with the next message. */
  handleCopyData({ chunk }: { chunk: Buffer }, connection: Wire): void {
    if (this.failed !== undefined) return
    if (this.#filled > 0 && this.#filled + chunk.length > this.#partBytes) this.#flush(connection)
    if (this.#filled + chunk.length > this.#part.length) {
      const size = Math.max(this.#filled + chunk.length, Math.min(this.#partBytes, this.#part.length * 4))
      const larger = Buffer.allocUnsafe(size)
      this.#part.copy(larger, 0, 0, this.#filled)
      this.#part = larger
    }
    chunk.copy(this.#part, this.#filled)
    this.#filled += chunk.length
    this.#rows += 1
    this.#all += 1
  }

  handleReadyForQuery(): void {
    if (this.#rows > 0) this.#flush()
    void this.#processing.then(() => {
      if (this.failed === undefined) this.settle.resolve(this.#all)
      else this.settle.reject(this.failed)
    })
  }

  /** The server waits while a part is processed. */
  #flush(connection?: Wire): void {
    const part = { bytes: this.#part.subarray(0, this.#filled), rows: this.#rows }
    this.#part = Buffer.allocUnsafe(this.#part.length)
    this.#filled = 0
    this.#rows = 0
    connection?.stream.pause()
    this.#processing = this.#processing
      .then(() => (this.failed === undefined ? this.#onPart(part) : undefined))
      .then(
        () => void connection?.stream.resume(),
        (error: unknown) => {
          this.failed ??= error
          // Stops reading the rest of the table.
          if (connection) connection.stream.destroy()
          this.settle.reject(error)
        },
      )
  }
}

const firstPartBytes = 64 * 1024

class CopyIn extends Copying {
  readonly #source: AsyncIterable<Buffer>

  constructor(statement: string, source: AsyncIterable<Buffer>) {
    super(statement)
    this.#source = source
  }

  handleCopyInResponse(connection: Wire): void {
    void this.#send(connection)
  }

  handleReadyForQuery(): void {
    this.settle.resolve(0)
  }

  async #send(connection: Wire): Promise<void> {
    try {
      for await (const chunk of this.#source) {
        connection.sendCopyFromChunk(chunk)
        if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain')
      }
      connection.endCopyFrom()
    } catch (error) {
      this.failed = error
      connection.sendCopyFail('reading the rows from the source failed')
    }
  }
}
