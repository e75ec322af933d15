import { statfs } from 'node:fs/promises'

/** Network file systems: NFS, SMB, SMB2, CIFS, AFS, Ceph (statfs(2)). */
const networkFileSystems = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x00c36400])

/** Returns true if a folder is on another machine's disk. Throws if the folder does not exist. */
export async function isOnNetworkDrive(folder: string): Promise<boolean> {
  const { type } = await statfs(folder)
  return networkFileSystems.has(type)
}
