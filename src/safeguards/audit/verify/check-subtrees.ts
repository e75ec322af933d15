import { sql } from 'kysely'
import type { AnyDatabase } from './any-database.ts'
import type { Findings } from './report.ts'

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
