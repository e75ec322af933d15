/**
 * A signed-in session with a token, used by one task at a time. A lost session is reopened, and the task that lost it is
 * retried once. A wrong PIN is never tried twice (tokens lock themselves), and another token in the same slot is refused.
 */
import { createHash } from 'node:crypto'
import { KeyStoreFault } from '../key-store.ts'
import { readSecretFile } from '../secret-file.ts'
import { allocateMemory, nameOf, returned, type Cryptoki, type FunctionName, type Memory } from './cryptoki.ts'

export interface TokenSession {
  /** Runs work exclusively. Throws KEY_STORE_AWAY. */
  use<T>(work: (session: OpenSession) => Promise<T>): Promise<T>
}

export interface OpenSession {
  handle: number
  memory: Memory
  /** Calls, and throws unless CKR_OK. */
  call(name: FunctionName, ...values: (number | bigint)[]): Promise<void>
  /** Throws if the user is not signed in: then private objects are invisible, not gone. */
  assertSignedIn(): Promise<void>
  /** Returns the fault for a wrong token, which is searched for again at the next use. */
  gone(reason: string): KeyStoreFault
}

/** A return value other than CKR_OK. */
export class ReturnedError extends Error {
  readonly code: number
  constructor(name: FunctionName, code: number) {
    super(`${name}: ${nameOf(code)}`)
    this.name = 'Returned'
    this.code = code
  }
}

const memoryBytes = 256 * 1024
/** CK_TOKEN_INFO begins with the label, padded with spaces. */
const labelBytes = 32
const tokenInfoBytes = 208
const [serialSession, rwSession] = [4, 2]
const userType = 1
/** CKS_RW_USER_FUNCTIONS. */
const signedInState = 3n
/** A native call cannot be cancelled; after this time the store counts as unavailable until the call returns. */
const defaultMaxMs = 20_000

/** Errors after which the session or its token is gone; others concern the work. */
const lostSessionCodes: readonly number[] = [
  returned.CKR_SLOT_ID_INVALID,
  returned.CKR_GENERAL_ERROR,
  returned.CKR_FUNCTION_FAILED,
  returned.CKR_DEVICE_ERROR,
  returned.CKR_DEVICE_REMOVED,
  returned.CKR_OPERATION_ACTIVE,
  returned.CKR_OPERATION_NOT_INITIALIZED,
  returned.CKR_SESSION_CLOSED,
  returned.CKR_SESSION_HANDLE_INVALID,
  returned.CKR_TOKEN_NOT_PRESENT,
  returned.CKR_TOKEN_NOT_RECOGNIZED,
  returned.CKR_USER_NOT_LOGGED_IN,
  returned.CKR_CRYPTOKI_NOT_INITIALIZED,
]

/** Ignores an error that the module returned; throws others, such as a call that does not return. */
function ignoreReturnedError(error: unknown): void {
  if (!(error instanceof ReturnedError)) throw error
}

export function createTokenSession(
  cryptoki: Cryptoki,
  location: { module: string; token: string; pinFile: string },
  maxMs = defaultMaxMs,
): TokenSession {
  let memory = allocateMemory(memoryBytes)
  let session: OpenSession | undefined
  let wrongPin: string | undefined
  /** A call that did not return in time; until it does, no other call is made. */
  let stuck: Promise<unknown> | undefined
  /** The module did not find the token: it is restarted before the next attempt. */
  let isStale = false
  let last: Promise<unknown> = Promise.resolve()

  const unavailableFault = (reason: string, cause?: unknown) =>
    new KeyStoreFault(
      'KEY_STORE_AWAY',
      `the token "${location.token}" of ${location.module} cannot be used: ${reason}; retrying`,
      cause,
    )

  const staleTokenFault = (reason: string, cause?: unknown) => {
    isStale = true
    session = undefined
    return unavailableFault(reason, cause)
  }

  async function call(name: FunctionName, ...values: (number | bigint)[]): Promise<void> {
    if (stuck) throw unavailableFault(`a call has not returned for more than ${maxMs / 1000} s`)
    const answer = cryptoki.call(name, ...values)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, maxMs, 'late' as const)
    })
    const first = await Promise.race([answer, late]).finally(() => {
      clearTimeout(timer)
    })
    if (first === 'late') {
      session = undefined
      memory.abandon()
      memory = allocateMemory(memoryBytes)
      stuck = answer.catch(() => undefined).finally(() => (stuck = undefined))
      throw unavailableFault(`${name} has not returned for ${maxMs / 1000} s`)
    }
    if (first !== returned.CKR_OK) throw new ReturnedError(name, first)
  }

  async function findSlot(): Promise<number> {
    const count = memory.put(8)
    await call('C_GetSlotList', 1, 0n, count.address)
    const slots = memory.put(8 * Number(count.bytes.readBigUInt64LE(0)))
    if (slots.bytes.length === 0) throw staleTokenFault('the module has no token')
    await call('C_GetSlotList', 1, slots.address, count.address)
    const found: number[] = []
    const info = memory.put(tokenInfoBytes)
    for (let at = 0; at < 8 * Number(count.bytes.readBigUInt64LE(0)); at += 8) {
      const slot = Number(slots.bytes.readBigUInt64LE(at))
      // A slot whose token is being changed is skipped.
      info.bytes.fill(0)
      await call('C_GetTokenInfo', slot, info.address).catch(ignoreReturnedError)
      if (info.bytes.toString('utf8', 0, labelBytes).trimEnd() === location.token) found.push(slot)
    }
    if (found.length !== 1) {
      throw staleTokenFault(found.length === 0 ? 'no token has this label' : `${found.length} tokens have this label`)
    }
    return found[0]!
  }

  async function open(): Promise<OpenSession> {
    const pin = await readSecretFile(location.pinFile, 'the PIN')
    const hash = createHash('sha256').update(pin).digest('hex')
    if (hash === wrongPin)
      throw unavailableFault(`the PIN in ${location.pinFile} is wrong; not retried until the file changes`)
    const handleAt = memory.put(8)
    await call('C_OpenSession', await findSlot(), serialSession | rwSession, 0n, 0n, handleAt.address)
    const handle = Number(handleAt.bytes.readBigUInt64LE(0))
    const secret = memory.put(Buffer.from(pin))
    try {
      await call('C_Login', handle, userType, secret.address, secret.bytes.length)
    } catch (error) {
      const code = error instanceof ReturnedError ? error.code : undefined
      // Signed in through another session of this process.
      if (code !== returned.CKR_USER_ALREADY_LOGGED_IN) {
        await close(handle)
        if (code === returned.CKR_PIN_INCORRECT) {
          wrongPin = hash
          throw unavailableFault(`the PIN in ${location.pinFile} is wrong`, error)
        }
        throw error
      }
    } finally {
      secret.bytes.fill(0)
    }
    wrongPin = undefined
    return {
      handle,
      memory,
      call,
      gone: staleTokenFault,
      async assertSignedIn() {
        const info = memory.put(32)
        await call('C_GetSessionInfo', handle, info.address)
        // CK_SESSION_INFO: the slot, then the state.
        if (info.bytes.readBigUInt64LE(8) !== signedInState) {
          throw new ReturnedError('C_GetSessionInfo', returned.CKR_USER_NOT_LOGGED_IN)
        }
      },
    }
  }

  /** Closing a lost session is no error. */
  async function close(handle: number): Promise<void> {
    await call('C_CloseSession', handle).catch(ignoreReturnedError)
  }

  async function attempt<T>(work: (session: OpenSession) => Promise<T>): Promise<T> {
    try {
      if (isStale) await cryptoki.restart()
      isStale = false
      session ??= await open()
      memory.clear()
      return await work(session)
    } finally {
      memory.clear()
    }
  }

  async function useOnce<T>(work: (session: OpenSession) => Promise<T>): Promise<T> {
    if (stuck) throw unavailableFault(`a call has not returned for more than ${maxMs / 1000} s`)
    for (let tries = 1; ; tries++) {
      try {
        return await attempt(work)
      } catch (error) {
        if (!(error instanceof ReturnedError)) throw error
        const { code } = error
        const handle = session?.handle
        session = undefined
        if (handle !== undefined) await close(handle)
        if (!lostSessionCodes.includes(code)) throw unavailableFault(error.message, error)
        if (tries === 2) throw staleTokenFault(error.message, error)
      }
    }
  }

  return {
    use(work) {
      const done = last.then(() => useOnce(work))
      last = done.catch(() => undefined)
      return done
    },
  }
}
