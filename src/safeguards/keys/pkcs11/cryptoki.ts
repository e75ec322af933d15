/**
 * A PKCS#11 module (OASIS PKCS#11 2.40 and later), called. In: its path, a function's name and its arguments as numbers
 * and addresses. Out: what it returned (CKR_...). Never here: what a call is for; a call that holds up the event loop.
 *
 * koffi finds the functions; what they are given lies in memory of our own outside JavaScript's, so that nothing moves
 * while another thread reads it. CK_ULONG and pointers are 64 bits wide, little-endian, as on Linux and macOS.
 */
import { endianness } from 'node:os'
import koffi, { type KoffiFunc, type LibraryHandle } from 'koffi'
import { KeyStoreFault } from '../key-store.ts'

/** Of each function its place in CK_FUNCTION_LIST (PKCS#11 2.40, pkcs11f.h) and how many arguments it takes. */
const functions = {
  C_Initialize: [0, 1],
  C_Finalize: [1, 1],
  C_GetSlotList: [4, 3],
  C_GetTokenInfo: [6, 2],
  C_OpenSession: [12, 5],
  C_CloseSession: [13, 1],
  C_CloseAllSessions: [14, 1],
  C_GetSessionInfo: [15, 2],
  C_Login: [18, 4],
  C_Logout: [19, 1],
  C_DestroyObject: [22, 2],
  C_GetAttributeValue: [24, 4],
  C_FindObjectsInit: [26, 3],
  C_FindObjects: [27, 4],
  C_FindObjectsFinal: [28, 1],
  C_EncryptInit: [29, 3],
  C_Encrypt: [30, 5],
  C_DecryptInit: [33, 3],
  C_Decrypt: [34, 5],
  C_GenerateKey: [58, 5],
} as const

export type FunctionName = keyof typeof functions

export interface Cryptoki {
  /** Calls on a thread of its own. */
  call(name: FunctionName, ...values: (number | bigint)[]): Promise<number>
  /** Ends and begins the module anew in this process: some see a token that was away only then. No call may be under way. */
  restart(): Promise<void>
}

/** CKR_..., of which the driver knows more than that they are no CKR_OK. */
export const returned = {
  CKR_OK: 0x0,
  CKR_HOST_MEMORY: 0x2,
  CKR_SLOT_ID_INVALID: 0x3,
  CKR_GENERAL_ERROR: 0x5,
  CKR_FUNCTION_FAILED: 0x6,
  CKR_DEVICE_ERROR: 0x30,
  CKR_DEVICE_MEMORY: 0x31,
  CKR_DEVICE_REMOVED: 0x32,
  CKR_ENCRYPTED_DATA_INVALID: 0x40,
  CKR_ENCRYPTED_DATA_LEN_RANGE: 0x41,
  CKR_KEY_HANDLE_INVALID: 0x60,
  CKR_MECHANISM_INVALID: 0x70,
  CKR_MECHANISM_PARAM_INVALID: 0x71,
  CKR_OBJECT_HANDLE_INVALID: 0x82,
  CKR_OPERATION_ACTIVE: 0x90,
  CKR_OPERATION_NOT_INITIALIZED: 0x91,
  CKR_PIN_INCORRECT: 0xa0,
  CKR_PIN_LOCKED: 0xa4,
  CKR_SESSION_CLOSED: 0xb0,
  CKR_SESSION_COUNT: 0xb1,
  CKR_SESSION_HANDLE_INVALID: 0xb3,
  CKR_TOKEN_NOT_PRESENT: 0xe0,
  CKR_TOKEN_NOT_RECOGNIZED: 0xe1,
  CKR_USER_ALREADY_LOGGED_IN: 0x100,
  CKR_USER_NOT_LOGGED_IN: 0x101,
  CKR_CRYPTOKI_NOT_INITIALIZED: 0x190,
  CKR_CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const

/** For a message: `CKR_TOKEN_NOT_PRESENT`, or the number where it has no name here. */
export function nameOf(code: number): string {
  return Object.entries(returned).find(([, known]) => known === code)?.[0] ?? `CKR 0x${code.toString(16)}`
}

/** Memory that a module can be pointed at; one piece of work at a time uses it. */
export interface Memory {
  /** Takes a piece for these bytes, or of so many zeros. */
  put(bytes: Buffer | number): Piece
  /** Gives all pieces back and overwrites them. */
  clear(): void
  /** From now on it is another's: a call that does not return still points at it. Never given back. */
  abandon(): void
}

export interface Piece {
  address: bigint
  bytes: Buffer
}

export function allocateMemory(size: number): Memory {
  const block: unknown = koffi.alloc('uint8_t', size)
  const start = koffi.address(block)
  const whole = Buffer.from(koffi.view(block, size))
  let used = 0
  let isAbandoned = false
  return {
    put(given) {
      const length = typeof given === 'number' ? given : given.length
      // CK_ULONGs want to be at multiples of eight.
      const from = used
      used += Math.ceil(Math.max(length, 1) / 8) * 8
      if (used > size) throw new RangeError(`${length} bytes more than the ${size} for a PKCS#11 module`)
      const bytes = whole.subarray(from, from + length)
      if (typeof given === 'number') bytes.fill(0)
      else given.copy(bytes)
      return { address: start + BigInt(from), bytes }
    },
    clear() {
      if (isAbandoned) return
      whole.fill(0, 0, Math.min(used, size))
      used = 0
    },
    abandon() {
      isAbandoned = true
    },
  }
}

type NativeFunction = KoffiFunc<(...values: (number | bigint)[]) => number | bigint>

const osLocking = 2n

/**
 * Loads a module and initialises it for this process; one that is initialised already is used as it is.
 * @throws KeyStoreFault KEY_STORE_AWAY
 */
export async function loadModule(path: string): Promise<Cryptoki> {
  if (endianness() !== 'LE')
    throw new KeyStoreFault('KEY_STORE_AWAY', 'PKCS#11 modules are used on little-endian machines')
  const memory = allocateMemory(64)
  const list = functionListOf(path, memory)
  const loaded = new Map<string, NativeFunction>()
  for (const [name, [place, values]] of Object.entries(functions)) {
    // Every argument is a number or an address: to the machine's calling convention they are the same.
    const prototype = koffi.proto('uint64_t', Array<string>(values).fill('uint64_t'))
    loaded.set(name, koffi.decode(list.readBigUInt64LE(8 + 8 * place), prototype) as NativeFunction)
  }
  const call = (name: FunctionName, ...values: (number | bigint)[]) =>
    new Promise<number>((resolve, reject) => {
      loaded.get(name)!.async(...values, (error: Error | null, code: number | bigint) => {
        if (error) reject(error)
        else resolve(Number(code))
      })
    })
  // CK_C_INITIALIZE_ARGS: four functions for locks, which the module has of the system, then the flags.
  const settings = memory.put(48)
  settings.bytes.writeBigUInt64LE(osLocking, 32)
  const start = async () => {
    const code = await call('C_Initialize', settings.address)
    if (code === returned.CKR_OK || code === returned.CKR_CRYPTOKI_ALREADY_INITIALIZED) return
    throw new KeyStoreFault('KEY_STORE_AWAY', `the PKCS#11 module ${path} does not start (${nameOf(code)})`)
  }
  await start()
  return {
    call,
    async restart() {
      await call('C_Finalize', 0n)
      await start()
    },
  }
}

/** Held for good: a library that nothing refers to any more is unloaded, and its functions with it. */
const libraries: LibraryHandle[] = []

function functionListOf(path: string, memory: Memory): Buffer {
  const where = memory.put(8)
  try {
    const library = koffi.load(path)
    libraries.push(library)
    const code = Number(library.func('C_GetFunctionList', 'uint64_t', ['uint64_t'])(where.address))
    if (code !== returned.CKR_OK) throw new Error(nameOf(code))
  } catch (cause) {
    const why = (cause as Error).message.split('\n')[0] ?? ''
    throw new KeyStoreFault('KEY_STORE_AWAY', `${path} is no PKCS#11 module that can be loaded: ${why}`, cause)
  }
  const count = Math.max(...Object.values(functions).map(([place]) => place)) + 1
  return Buffer.from(koffi.view(where.bytes.readBigUInt64LE(0), 8 + 8 * count))
}
