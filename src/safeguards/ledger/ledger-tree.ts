/**
 * The ledger's own tree, name and key. In: the audit log's key, under which it is signed too. Out: whose head it is, and
 * where its tree lies. Never here: a second key.
 */
import type { KeyStore } from '../keys/key-store.ts'
import { readLogKey } from '../audit/log-key.ts'
import { makeSigner, makeVerifierKey, type Signer, type VerifierKey } from '../audit/note.ts'
import type { TreeTables } from '../audit/stored-tree.ts'

export const ledgerTree: TreeTables = {
  leaf: 'ledger_leaf',
  subtree: 'ledger_subtree',
  checkpoint: 'ledger_head',
  cosignature: 'ledger_cosignature',
}

/** The origin of the ledger that belongs to the audit log of this origin. */
export function ledgerOrigin(auditOrigin: string): string {
  return `${auditOrigin}/ledger`
}

/** Who signs the heads of the ledger; nothing where the audit log has no key yet. */
export async function readLedgerSigner(keys: KeyStore): Promise<Signer | undefined> {
  const log = await readLogKey(keys)
  return log && makeSigner(ledgerOrigin(log.name), log.privateKey.export({ format: 'der', type: 'pkcs8' }), 'note')
}

/** The key that heads of the ledger are verified with: the audit log's, under the ledger's name. */
export function ledgerKeyOf(log: VerifierKey): VerifierKey {
  return makeVerifierKey(ledgerOrigin(log.name), log.key, log.type)
}
