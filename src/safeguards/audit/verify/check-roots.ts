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

/** A checkpoint that was kept somewhere else: beside the keys, by a witness, by somebody who wrote it down. */
export interface SeenCheckpoint {
  /** Where, for people. */
  of: string
  note: string
}

/** The keys that are believed; they come from elsewhere than the log. */
export interface TrustedKeys {
  log: VerifierKey
  witnesses: readonly VerifierKey[]
}

/** Checks the signatures of checkpoints, and turns them into roots that the tree must have. */
export class RootCheck {
  readonly expected: ExpectedRoot[] = []
  /** Signatures of known witnesses that were right. */
  cosigned = 0
  newest: SignedCheckpoint | undefined
  readonly #findings: Findings
  readonly #keys: TrustedKeys

  constructor(findings: Findings, keys: TrustedKeys) {
    this.#findings = findings
    this.#keys = keys
  }

  /**
   * @param of which one, for people
   * @param cosignatures signature lines that are kept beside the note
   */
  add(
    note: string,
    of: string,
    kind: ExpectedRoot['kind'],
    cosignatures: readonly string[] = [],
  ): SignedCheckpoint | undefined {
    const read = readCheckpoint(note)
    if (typeof read === 'string') {
      this.#findings.add('checkpoint-unreadable', `${capital(of)}: ${read}.`)
      return undefined
    }
    const { log, witnesses } = this.#keys
    if (read.origin !== log.name || !signedBy(read, log)) {
      this.#findings.add('checkpoint-unsigned', `${capital(of)}, of size ${read.size} and origin ${read.origin}.`)
      return undefined
    }
    const beside = cosignatures.flatMap((line) => readSignature(line) ?? this.#unreadable(of))
    for (const witness of witnesses) {
      const at = cosignedAt(read.text, [...read.signatures, ...beside], witness)
      if (at === 'wrong') this.#findings.add('witness-wrong', `${capital(of)}, of size ${read.size}: ${witness.name}.`)
      else if (at !== 'none') this.cosigned += 1
    }
    this.expected.push({ size: read.size, root: read.root, of, kind })
    if (kind === 'own' && read.size >= (this.newest?.size ?? 0)) this.newest = read
    return read
  }

  #unreadable(of: string): [] {
    this.#findings.add('witness-wrong', `${capital(of)}: a line beside it is no signature.`)
    return []
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
