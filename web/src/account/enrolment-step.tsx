import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { giveUpSigningIn, resumeSignIn } from '../session/begin-session.ts'
import { Page } from '../shell/page.tsx'
import { MakePasskeyInstead } from './make-passkey-instead.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { BeginTotp, ConfirmTotp, type Enrolment } from './totp-enrolment.tsx'

/** Enrols the second factor that the description requires, before any other page opens. */
export function EnrolmentStep() {
  const { t } = useLanguage()
  const [enrolment, setEnrolment] = useState<Enrolment>()
  const [codes, setCodes] = useState<string[]>()
  return (
    <Page title={t('session.enrolment.title')} className="signin">
      {!codes && <p>{t('session.enrolment.why')}</p>}
      <section className="panel">
        {!enrolment && <BeginTotp needsPassword={false} onBegun={setEnrolment} />}
        {enrolment && !codes && (
          <ConfirmTotp
            heading="h2"
            enrolment={enrolment}
            onConfirmed={setCodes}
            onCancel={() => setEnrolment(undefined)}
          />
        )}
        {codes && (
          <RecoveryCodes
            codes={codes}
            userId={userIdOf(enrolment)}
            heading="h2"
            doneLabel={t('session.enrolment.done')}
            onDone={() => void resumeSignIn()}
          />
        )}
      </section>
      {!enrolment && <MakePasskeyInstead onMade={() => void resumeSignIn()} />}
      {!codes && (
        <div className="actions">
          <Button kind="link" onPress={() => void giveUpSigningIn()}>
            {t('session.signin.again')}
          </Button>
        </div>
      )}
    </Page>
  )
}

/** Returns the user id for the printed page, from the key's label: `otpauth://totp/Seloste:sari?…`. */
function userIdOf(enrolment: Enrolment | undefined): string {
  const label = decodeURIComponent(enrolment?.uri.match(/^otpauth:\/\/totp\/([^?]*)/)?.[1] ?? '')
  return label.slice(label.lastIndexOf(':') + 1).trim()
}
