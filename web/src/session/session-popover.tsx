import { Link } from '@tanstack/react-router'
import { LogOut } from 'lucide-react'
import type { RefObject } from 'react'
import { Dialog, Heading, Popover } from 'react-aria-components'
import type { AccessRight, Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { formatLastDay } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage, type Word } from '../language/use-words.ts'

/** Who is signed in, their rights with ends, and sign-out. */
export function SessionPopover({
  me,
  button,
  onClose,
  onSignOut,
}: {
  me: Me
  button: RefObject<HTMLButtonElement | null>
  onClose: () => void
  onSignOut: () => void
}) {
  const { t } = useLanguage()
  return (
    <Popover
      className="popover session-popover"
      placement="bottom end"
      triggerRef={button}
      isOpen
      onOpenChange={(open) => !open && onClose()}
    >
      <Dialog className="dialog-body">
        <Heading slot="title" className="dialog-title">
          {me.name}
        </Heading>
        <p className="muted">
          {t('session.userId')} {me.userId}
          {me.unit && ` · ${me.unit}`}
        </p>
        <h3 className="small-heading">{t('session.rights')}</h3>
        {me.rights.length === 0 && <p>{t('session.rights.none')}</p>}
        <ul className="rights">
          {me.rights.map((right) => (
            <RightItem key={right.id} right={right} />
          ))}
        </ul>
        <Link to="/account" className="account-link" onClick={onClose}>
          {t('account.title')}
        </Link>
        <Button kind="secondary" className="wide" onPress={onSignOut}>
          <LogOut aria-hidden="true" size={18} />
          {t('session.signOut')}
        </Button>
      </Dialog>
    </Popover>
  )
}

function RightItem({ right }: { right: AccessRight }) {
  const { t, language } = useLanguage()
  const reach = [...(right.scope.units ?? []), ...(right.scope.numbers ?? []).map(formatPhone)].join(', ')
  return (
    <li>
      <strong>{t(`rights.role.${right.role}` as Word)}</strong>
      {right.purposes.length > 0 && (
        <span>{right.purposes.map((one) => t(`session.purpose.${one.purpose}` as Word)).join(', ')}</span>
      )}
      <span className="muted">
        {t(`rights.limit.${right.scope.kind}` as Word)}
        {reach && `: ${reach}`}
      </span>
      {right.until && (
        <span className="muted">{t('session.until', { date: formatLastDay(right.until, language) })}</span>
      )}
    </li>
  )
}
