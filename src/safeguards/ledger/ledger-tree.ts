/** The ledger's tree and name. It is signed with the audit log's key. */
import type { KeyStore } from '../keys/key-store.ts'
import { readLogKey } from '../audit/log-key.ts'
import { makeSigner, makeVerifierKey, type Signer, type VerifierKey } from '../audit/note.ts'
import type { TreeTables } from '../audit/stored-tree.ts'

export const ledgerTree: TreeTables = {
  entry: 'destruction_entry',
  pending: 'ledger_pending',
  leaf: 'ledger_leaf',
  subtree: 'ledger_subtree',
  checkpoint: 'ledger_head',
  cosignature: 'ledger_cosignature',
}

/** Returns the origin of the ledger that belongs to this audit log. */
export function ledgerOrigin(auditOrigin: string): string {
  return `${auditOrigin}/ledger`
}

/** Returns the signer of the ledger's heads; undefined if the audit log has no key yet. */
export async function readLedgerSigner(keys: KeyStore): Promise<Signer | undefined> {
  const log = await readLogKey(keys)
  return log && makeSigner(ledgerOrigin(log.name), log.privateKey.export({ format: 'der', type: 'pkcs8' }), 'note')
}

/** Returns the key that verifies heads of the ledger: the audit log's, under the ledger's name. */
export function ledgerKeyOf(log: VerifierKey): VerifierKey {
  return makeVerifierKey(ledgerOrigin(log.name), log.key, log.type)
}
