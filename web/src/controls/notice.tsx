import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

export type NoticeKind = 'info' | 'success' | 'warning' | 'error'
const icons = { info: Info, success: CircleCheck, warning: TriangleAlert, error: CircleX }

/** Message in the page; `isUrgent` ones are announced at once. */
export function Notice({
  kind,
  title,
  isUrgent = false,
  children,
}: {
  kind: NoticeKind
  title?: string | undefined
  isUrgent?: boolean
  children: ReactNode
}) {
  const Icon = icons[kind]
  return (
    <div className={`notice notice-${kind}`} role={isUrgent ? 'alert' : undefined}>
      <Icon aria-hidden="true" size={22} />
      <div className="notice-words">
        {title && <p className="notice-title">{title}</p>}
        {typeof children === 'string' ? <p>{children}</p> : children}
      </div>
    </div>
  )
}
