/**
 * The shapes that cross the wire, as JSDoc types. No browser loads this file: it exists for `tsc --checkJs`.
 *
 * Money is integer fen of a currency; times are ISO 8601 in UTC.
 *
 * @typedef {"zh" | "en"} Lang
 * @typedef {{zh: string, en: string}} Text
 * @typedef {"assistant" | "queued" | "human" | "closed"} Owner
 * @typedef {{position: number, wait_seconds: number | null, promised_at: string | null, open: boolean}} Queue
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {Owner} owner
 * @property {Lang} language
 * @property {number} last_seq
 * @property {{name: string} | null} [agent]
 * @property {Queue | null} [queue]
 *
 * What a tapped chip or card answers.
 * @typedef {object} Answer
 * @property {string} [order_id]
 * @property {string} [item_id]
 * @property {string} [fact]
 * @property {string | number | boolean} [value]
 * @property {string} [proposal_id]
 * @property {"confirm" | "refuse"} [decision]
 * @property {string} [intent]
 *
 * @typedef {{id: string, url: string, media_type: string}} Attachment
 * @typedef {{label: string, say?: string | null, answer?: Answer | null}} Button
 * @typedef {{n: number, clause: string, title: string, version?: string, in_force_from?: string}} Citation
 * @typedef {{label: string, fen: number}} AmountLine
 * @typedef {{fen: number, currency: string, lines?: AmountLine[]}} Amount
 * @typedef {"true" | "false" | "open"} Truth
 *
 * @typedef {object} PickerOrder
 * @property {string} order_id
 * @property {string} item_id
 * @property {string} title
 * @property {string} shop
 * @property {string} state_label
 * @property {number} paid_fen
 * @property {string} currency
 * @property {string} created_at
 * @property {string} [image]
 *
 * @typedef {object} RuleProof
 * @property {string} id
 * @property {string} title
 * @property {string} rank
 * @property {Truth} truth
 * @property {{text: string, truth: Truth}[]} conditions
 *
 * @typedef {object} OrderPickerCard
 * @property {"order_picker"} type
 * @property {PickerOrder[]} orders
 *
 * @typedef {object} DecisionCard
 * @property {"decision"} type
 * @property {"grant" | "refuse" | "review" | "ask"} outcome
 * @property {string} title
 * @property {Amount | null} [amount]
 * @property {{label: string, value: string, source?: string}[]} [facts]
 * @property {string[]} [reasons]
 * @property {string[]} [citations]
 * @property {RuleProof[]} [rules]
 * @property {{claim: string, title: string}[]} [alternatives]
 * @property {string[]} [what_if] what would have changed it
 * @property {string | null} [until]
 *
 * @typedef {object} ProposalCard
 * @property {"proposal"} type
 * @property {string} proposal_id
 * @property {string} title
 * @property {string[]} summary
 * @property {Amount | null} [amount]
 * @property {string} expires_at
 *
 * @typedef {object} Receipt
 * @property {string} case_id
 * @property {string} case_number
 * @property {string} title
 * @property {Amount | null} [amount]
 * @property {string | null} [reference]
 * @property {string} at
 * @property {{name: string, label: string, at: string}[]} [deadlines]
 * @property {string} [note]
 * @typedef {Receipt & {type: "receipt"}} ReceiptCard
 *
 * @typedef {object} Case
 * @property {string} id
 * @property {string} number
 * @property {string} kind
 * @property {string} state
 * @property {string} title
 * @property {{name: string, label: string, at: string | null, due: string | null, done: boolean}[]} steps
 * @property {number | null} [amount_fen]
 * @property {string | null} [order_id]
 * @property {string} [state_label]
 * @property {string} [currency]
 * @typedef {Case & {type: "case"}} CaseCard
 *
 * @typedef {object} LoggedCase
 * @property {string} id
 * @property {{zh: string, en: string}} title
 * @property {{label: {zh: string, en: string}, at: string | null}[]} steps
 *
 * @typedef {object} ParcelCard
 * @property {"parcel"} type
 * @property {string} carrier
 * @property {string} tracking_number
 * @property {string} state_label
 * @property {{at: string, text: string}[]} events
 *
 * @typedef {Queue & {type: "handoff"}} HandoffCard
 * @typedef {{type: "photo", prompt: string}} PhotoCard
 * @typedef {{type: "clauses", items: {clause: string, title: string, excerpt: string}[]}} ClausesCard
 * @typedef {OrderPickerCard | DecisionCard | ProposalCard | ReceiptCard | CaseCard | ParcelCard | HandoffCard
 *   | PhotoCard | ClausesCard} Card
 *
 * @typedef {object} Reply
 * @property {string} text
 * @property {Lang} language
 * @property {Citation[]} [citations]
 * @property {Card[]} [cards]
 * @property {Button[]} [buttons]
 * @property {string | null} [asks]
 *
 * One entry of the conversation's log. What `data` holds depends on `kind`; the readers below narrow it.
 * @typedef {object} Event
 * @property {number} seq
 * @property {string} at
 * @property {string} kind
 * @property {"buyer" | "assistant" | "agent" | "system"} actor
 * @property {any} data
 *
 * @typedef {object} Clause
 * @property {string} id
 * @property {string} document
 * @property {string} title
 * @property {string} text
 * @property {string} version
 * @property {{from: string, to: string | null}} in_force
 * @property {string} rank
 * @property {string | null} [source]
 *
 * @typedef {object} Order
 * @property {string} id
 * @property {string} state
 * @property {string} state_label
 * @property {{id: string, name: string}} shop
 * @property {string} created_at
 * @property {number} paid_fen
 * @property {number} [total_fen]
 * @property {number} refunded_fen
 * @property {string} currency
 * @property {{id: string, title: string, category: string, quantity: number, paid_fen: number,
 *   refunded_fen: number, options: Record<string, string>, image?: string}[]} items
 * @property {{carrier: string, tracking_number: string, state: string, events: {at: string, text: string}[]}[]} parcels
 * @property {string | null} [delivered_at]
 *
 * @typedef {{id: string, name: string, credit_tier: number, language: Lang, orders?: number}} Buyer
 */

export {};
