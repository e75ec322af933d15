/**
 * Signs a proof with the log's key, which is not in the database, so that the database owner cannot forge a promise that
 * holds.
 */
import type { Selectable } from 'kysely'
import { isStatementSigned, signStatement, type Signer, type VerifierKey } from '#safeguards/audit/note.ts'
import type { EvidenceTables } from './tables.ts'

type ProofRow = Selectable<EvidenceTables['proof']>
type SignedFields = Pick<ProofRow, 'promise' | 'checked_at' | 'holds' | 'facts' | 'fault' | 'broken_since'>

const kind = 'seloste proof v1'

export function signProof(signer: Signer, signed: SignedFields): string {
  return signStatement(signer, kind, plain(signed))
}

export function isProofSigned(key: VerifierKey, row: ProofRow): boolean {
  return isStatementSigned(key, kind, plain(row), row.signature)
}

/** Returns the proof as the database stores it, without undefined members. */
function plain({ promise, checked_at, holds, facts, fault, broken_since }: SignedFields): object {
  const [checkedAt, brokenSince] = [checked_at.toString(), broken_since?.toString() ?? null]
  return JSON.parse(JSON.stringify({ promise, checkedAt, holds, facts, fault, brokenSince })) as object
}
