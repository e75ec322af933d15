import type { ExpectedRoot } from './check-tree.ts'
import type { Findings } from './report.ts'
import {
  cosignedAt,
  readCheckpoint,
  readSignature,
  signedBy,
  type SignedCheckpoint,
  type VerifierKey,
} from './signed-note.ts'

/** A checkpoint stored elsewhere: beside the keys, by a witness, by a person. */
export interface SeenCheckpoint {
  /** Its source, for people. */
  source: string
  note: string
}

/** The trusted keys; they do not come from the log. */
export interface TrustedKeys {
  log: VerifierKey
  witnesses: readonly VerifierKey[]
}

/** A witness that is further behind is reported: it gets a request every ten seconds while the log grows. */
const maxBehindMs = 60 * 60_000

/** Verifies the signatures of checkpoints and collects the roots that the tree must have. */
export class RootCheck {
  readonly expected: ExpectedRoot[] = []
  /** Valid signatures of known witnesses. */
  cosigned = 0
  newest: SignedCheckpoint | undefined
  readonly #findings: Findings
  readonly #keys: TrustedKeys
  /** The largest size that each witness cosigned, and when. */
  readonly #cosignedLast = new Map<VerifierKey, { size: number; atMs: number }>()

  constructor(findings: Findings, keys: TrustedKeys) {
    this.#findings = findings
    this.#keys = keys
  }

  /**
   * Adds a checkpoint.
   * @param source where it is stored, for people
   * @param cosignatures signature lines stored beside the note
   */
  add(
    note: string,
    source: string,
    kind: ExpectedRoot['kind'],
    cosignatures: readonly string[] = [],
  ): SignedCheckpoint | undefined {
    const read = readCheckpoint(note)
    if (typeof read === 'string') {
      this.#findings.add('checkpoint-unreadable', `${capital(source)}: ${read}.`)
      return undefined
    }
    const { log, witnesses } = this.#keys
    if (read.origin !== log.name || !signedBy(read, log)) {
      this.#findings.add('checkpoint-unsigned', `${capital(source)}, of size ${read.size} and origin ${read.origin}.`)
      return undefined
    }
    const storedSignatures = cosignatures.flatMap((line) => readSignature(line) ?? this.#unreadable(source))
    for (const witness of witnesses) {
      const at = cosignedAt(read.text, [...read.signatures, ...storedSignatures], witness)
      if (at === 'wrong')
        this.#findings.add('witness-wrong', `${capital(source)}, of size ${read.size}: ${witness.name}.`)
      else if (at !== 'none') {
        this.cosigned += 1
        const last = this.#cosignedLast.get(witness)
        if (!last || read.size >= last.size) this.#cosignedLast.set(witness, { size: read.size, atMs: at * 1000 })
      }
    }
    this.expected.push({ size: read.size, root: read.root, source, kind })
    if (kind === 'own' && read.size >= (this.newest?.size ?? 0)) this.newest = read
    return read
  }

  /**
   * Checks that the witnesses have kept up: whoever has the log's key could continue a log that no witness sees.
   * @param newestAt time of the newest entry
   * @returns notes; also about a witness that saw nothing, if `demandsAll` is false
   */
  judgeWitnesses(newestAt: string, demandsAll: boolean): string[] {
    const notes: string[] = []
    for (const witness of this.#keys.witnesses) {
      const last = this.#cosignedLast.get(witness)
      if (!last) {
        const message = `${witness.name} has cosigned nothing of this log.`
        if (demandsAll) this.#findings.add('witness-missing', message)
        else notes.push(message)
      } else if (last.size < (this.newest?.size ?? 0) && Date.parse(newestAt) - last.atMs > maxBehindMs) {
        const at = new Date(last.atMs).toISOString()
        notes.push(`${witness.name} last cosigned size ${last.size}, at ${at}; it has seen nothing newer.`)
      }
    }
    return notes
  }

  #unreadable(source: string): [] {
    this.#findings.add('witness-wrong', `${capital(source)}: a line stored with it is not a signature.`)
    return []
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
