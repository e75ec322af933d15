import { sql } from 'kysely'
import { emptyRoot, GrowingTree } from './merkle-tree.ts'
import type { Findings, AnyDatabase } from './report.ts'

export interface ExpectedRoot {
  size: number
  root: Buffer
  /** Its source, for people: "the newest checkpoint", "the checkpoint of 1.3. in w1.txt". */
  source: string
  /** `own`: signed by this log, in what is verified; `seen`: stored elsewhere, in a file or by a witness. */
  kind: 'own' | 'seen'
}

/** Rebuilds the tree from the leaves and compares it with every signed root. */
export class TreeCheck {
  readonly tree: GrowingTree
  /** Roots that match. */
  matching = 0
  readonly #findings: Findings
  readonly #expected: ExpectedRoot[]
  #next = 0
  #matchingUpTo = 0
  #wrong = new Map<ExpectedRoot['kind'], { first: ExpectedRoot; from: number; more: number }>()
  #holed = false

  constructor(
    findings: Findings,
    expected: readonly ExpectedRoot[],
    onSubtree?: (height: number, index: number, hash: Buffer) => void,
  ) {
    this.#findings = findings
    this.#expected = expected.toSorted((one, other) => one.size - other.size)
    this.tree = new GrowingTree(onSubtree)
    this.#compare(0, () => emptyRoot)
  }

  /**
   * Adds a leaf.
   * @param leaf its hash; undefined if missing: then no further root can be computed
   */
  add(leaf: Buffer | undefined): void {
    if (!leaf) this.#holed = true
    this.tree.add(leaf ?? Buffer.alloc(32))
    this.#compare(this.tree.size, () => this.tree.root())
  }

  /** Reports what does not match, once all leaves are added. */
  judge(): void {
    for (const [kind, { first, from, more }] of this.#wrong) {
      const position = first.size === 0 ? 'the empty tree' : `the leaves ${from} to ${first.size - 1}`
      const others = more > 0 ? ` and ${more} later ones` : ''
      this.#findings.add(
        kind === 'seen' ? 'rewritten' : 'root-differs',
        `The hashes do not give the root of ${first.source} (size ${first.size})${others}; the difference is in ${position}.`,
        { leaf: from },
      )
    }
    const beyond = this.#expected.slice(this.#next).at(-1)
    if (beyond) {
      this.#findings.add(
        'rolled-back',
        `The log has ${this.tree.size} entries in its tree; ${beyond.source} was signed for ${beyond.size}.`,
        { leaf: this.tree.size },
      )
    }
  }

  #compare(size: number, root: () => Buffer): void {
    let own: Buffer | undefined
    for (let expected = this.#expected[this.#next]; expected?.size === size; expected = this.#expected[this.#next]) {
      this.#next += 1
      if (!this.#holed && (own ??= root()).equals(expected.root)) {
        this.matching += 1
        this.#matchingUpTo = size
        continue
      }
      const known = this.#wrong.get(expected.kind)
      if (known) known.more += 1
      else this.#wrong.set(expected.kind, { first: expected, from: this.#matchingUpTo, more: 0 })
    }
  }
}

const levelBits = 8

/** Reads the stored inner roots by level and index. */
export async function readSubtrees(
  tx: AnyDatabase,
  table: 'audit_subtree' | 'ledger_subtree',
): Promise<Map<string, string>> {
  const { rows } = await sql<{ place: string; hash: string }>`
    select level || '/' || index as place, encode(hash, 'hex') as hash from ${sql.table(table)}`.execute(tx)
  return new Map(rows.map(({ place, hash }) => [place, hash]))
}

/** Compares the stored roots of whole tiles with those of their leaves. */
export class SubtreeCheck {
  readonly #findings: Findings
  readonly #stored: Map<string, string>

  constructor(findings: Findings, stored: Map<string, string>) {
    this.#findings = findings
    this.#stored = stored
  }

  /** Compares one computed root. */
  check(height: number, index: number, hash: Buffer): void {
    if (height % levelBits !== 0) return
    const level = height / levelBits
    const place = `${level}/${index}`
    const stored = this.#stored.get(place)
    this.#stored.delete(place)
    if (stored === hash.toString('hex')) return
    const is = stored === undefined ? 'is missing' : 'differs'
    this.#findings.add('subtree-wrong', `Level ${level}, index ${index}: the stored hash ${is}.`, {
      leaf: index * 2 ** height,
    })
  }

  /** Reports the remaining stored roots: their leaves do not exist. */
  judge(): void {
    for (const place of this.#stored.keys()) {
      const [level = 0, index = 0] = place.split('/').map(Number)
      this.#findings.add(
        'subtree-wrong',
        `Level ${level}, index ${index}: the stored hash covers leaves that do not exist.`,
        {
          leaf: index * 2 ** (level * levelBits),
        },
      )
    }
  }
}
