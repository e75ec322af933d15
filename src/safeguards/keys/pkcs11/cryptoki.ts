/**
 * Calls functions of a PKCS#11 module (OASIS PKCS#11 2.40 and later) with numbers and addresses; returns CKR_...
 * koffi finds the functions; their arguments are in memory outside JavaScript's heap, which does not move while another thread
 * reads it. CK_ULONG and pointers are 64-bit little-endian, as on Linux and macOS. Calls do not block the event loop.
 */
import { endianness } from 'node:os'
import koffi, { type KoffiFunc, type LibraryHandle } from 'koffi'
import { KeyStoreFault } from '../key-store.ts'

/** Index of each function in CK_FUNCTION_LIST (PKCS#11 2.40, pkcs11f.h), and its number of arguments. */
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
  /** Finalises and reinitialises the module: some see a returned token only then. No call may be running. */
  restart(): Promise<void>
}

/** CKR_... that the driver distinguishes from other errors. */
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

/** Name for messages: `CKR_TOKEN_NOT_PRESENT`, or the number if unknown. */
export function nameOf(code: number): string {
  return Object.entries(returned).find(([, known]) => known === code)?.[0] ?? `CKR 0x${code.toString(16)}`
}

/** Memory for arguments; used by one task at a time. */
export interface Memory {
  /** Allocates a piece with these bytes, or with zeros of this length. */
  put(bytes: Buffer | number): Piece
  /** Overwrites and frees all pieces. */
  clear(): void
  /** Abandons the memory for good: a call that has not returned still points at it. */
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
      // CK_ULONGs are aligned to eight bytes.
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
 * Loads and initialises a module; one that is initialised already is used as it is.
 * @throws KeyStoreFault KEY_STORE_AWAY
 */
export async function loadModule(path: string): Promise<Cryptoki> {
  if (endianness() !== 'LE')
    throw new KeyStoreFault('KEY_STORE_AWAY', 'PKCS#11 modules are used on little-endian machines')
  const memory = allocateMemory(64)
  const list = functionListOf(path, memory)
  const loaded = new Map<string, NativeFunction>()
  for (const [name, [index, argumentCount]] of Object.entries(functions)) {
    // Every argument is a number or an address: the calling convention does not distinguish them.
    const prototype = koffi.proto('uint64_t', Array<string>(argumentCount).fill('uint64_t'))
    loaded.set(name, koffi.decode(list.readBigUInt64LE(8 + 8 * index), prototype) as NativeFunction)
  }
  const call = (name: FunctionName, ...values: (number | bigint)[]) =>
    new Promise<number>((resolve, reject) => {
      loaded.get(name)!.async(...values, (error: Error | null, code: number | bigint) => {
        if (error) reject(error)
        else resolve(Number(code))
      })
    })
  // CK_C_INITIALIZE_ARGS: four lock functions (the module uses the system's), then the flags.
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

/** Referenced for good: an unreferenced library is unloaded with its functions. */
const libraries: LibraryHandle[] = []

function functionListOf(path: string, memory: Memory): Buffer {
  const location = memory.put(8)
  try {
    const library = koffi.load(path)
    libraries.push(library)
    const code = Number(library.func('C_GetFunctionList', 'uint64_t', ['uint64_t'])(location.address))
    if (code !== returned.CKR_OK) throw new Error(nameOf(code))
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0] ?? ''
    throw new KeyStoreFault('KEY_STORE_AWAY', `cannot load the PKCS#11 module ${path}: ${reason}`, cause)
  }
  const count = Math.max(...Object.values(functions).map(([index]) => index)) + 1
  return Buffer.from(koffi.view(location.bytes.readBigUInt64LE(0), 8 + 8 * count))
}
