import {
  followCertificateFiles,
  type FollowedCertificate,
  type FollowCertificateOptions as FollowFilesOptions,
} from '#platform/certificates/follow-certificate.ts'
import { SipFault } from './faults.ts'

export interface FollowCertificateOptions extends Pick<FollowFilesOptions, 'read' | 'now' | 'onLoaded' | 'checkMs'> {
  /** `clients`: file with the authorities of the clients' certificates. */
  files: { certificate: string; key: string; clients: string }
  /** Called once for each invalid content. */
  onFault: (fault: SipFault) => void
}

/** Loads the certificate for TLS and reloads it when its files change. */
export function followCertificate({ files, onFault, ...rest }: FollowCertificateOptions): Promise<FollowedCertificate> {
  const { certificate, key, clients: authorities } = files
  return followCertificateFiles({
    ...rest,
    files: { certificate, key, authorities },
    onWrong: (reason, staysInUse) => {
      const instead = staysInUse ? 'the previous one stays in use' : 'clients cannot connect until this is corrected'
      onFault(
        new SipFault('sip-certificate-wrong', `The certificate for SIP over TLS cannot be used: ${reason}; ${instead}`),
      )
    },
  })
}
