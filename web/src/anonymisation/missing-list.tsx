import { useLanguage } from '../language/use-words.ts'
import { focusRow } from './focus-row.ts'
import type { Missing } from './missing.ts'
import { redactionId } from './redaction-row.tsx'
import { formatTenths } from './tenths.ts'
import { turnId } from './turn-id.ts'

/** Maximum number of rows named; the next ones appear as these are done. */
const maxNamed = 8
const headings = {
  played: 'original',
  unreviewed: 'redactions',
  'unreviewed-turns': 'turns',
  transcript: 'turns',
  'identifiers-left': 'turns',
  engine: 'levels',
  'level-not-allowed': 'levels',
} as const satisfies Record<Missing['what'], string>

/** Lists what is missing before the copy can be rendered, with links to it. */
export function MissingList({ missing }: { missing: readonly Missing[] }) {
  const { t } = useLanguage()
  return (
    <ul className="missing">
      {missing.map(({ what, turns, redactions }) => {
        const rows = [
          ...turns.map(({ key, fromMs }) => ({ id: turnId(key), fromMs })),
          ...redactions.map(({ key, fromMs }) => ({ id: redactionId(key), fromMs })),
        ]
        return (
          <li key={what}>
            <JumpLink id={headings[what]}>{t(`anonymisation.lack.${what}`)}</JumpLink>
            {rows.length > 0 && (
              <span className="missing-rows">
                {rows.slice(0, maxNamed).map(({ id, fromMs }) => (
                  <JumpLink key={id} id={id} label={t('anonymisation.lack.row', { from: formatTenths(fromMs) })}>
                    {formatTenths(fromMs)}
                  </JumpLink>
                ))}
                {rows.length > maxNamed && (
                  <span className="muted">{t('anonymisation.more', { count: rows.length - maxNamed })}</span>
                )}
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function JumpLink({ id, label, children }: { id: string; label?: string; children: string }) {
  return (
    <a
      href={`#${id}`}
      aria-label={label}
      onClick={(event) => {
        event.preventDefault()
        focusRow(id)
      }}
    >
      {children}
    </a>
  )
}
