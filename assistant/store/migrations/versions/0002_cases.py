"""Cases as workflows: their state, clock and record; jurors and panels.

A case that an earlier version opened keeps its steps and dates. It gets the state that its kind has now, the date of its
next step as its clock (one that has none rings at once, and a person looks), and a record that begins with `opened`.
"""

from datetime import UTC, datetime
from secrets import token_hex

from alembic import op
import sqlalchemy as sa

from assistant.cases.chain import link, salted
from assistant.cases.events import CaseEvent


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

FLOWS = {
    'return_and_refund': 'return', 'exchange': 'exchange', 'repair': 'repair', 'complaint': 'complaint', 'dispute': 'dispute',
}
STATES = {'return': 'waiting_goods', 'exchange': 'waiting_goods', 'repair': 'waiting_goods', 'complaint': 'filed'}


def upgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('case_id', sa.String(length=40), nullable=True))

    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shop_id', sa.String(length=64), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('state', sa.String(length=24), nullable=False, server_default='done'))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('tracking_number', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('proceedings', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.create_index('ix_cases_shop', ['tenant', 'shop_id', 'created_at'], unique=False)
        batch_op.create_index('ix_cases_due', ['due_at'], unique=False)
        batch_op.create_index('ix_cases_parcel', ['tenant', 'tracking_number'], unique=False)

    op.create_table('case_events',
    sa.Column('case_id', sa.String(length=40), nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('tenant', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('client_id', sa.String(length=176), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('case_id', 'seq', name=op.f('pk_case_events')),
    sa.UniqueConstraint('case_id', 'client_id', name=op.f('uq_case_events_case_id_client_id'))
    )
    with op.batch_alter_table('case_events', schema=None) as batch_op:
        batch_op.create_index('ix_case_events_tenant', ['tenant', 'at'], unique=False)

    op.create_table('jurors',
    sa.Column('tenant', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('tenant', 'person_id', name=op.f('pk_jurors'))
    )
    op.create_table('panels',
    sa.Column('tenant', sa.String(length=64), nullable=False),
    sa.Column('case_id', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('tenant', 'case_id', 'person_id', name=op.f('pk_panels'))
    )
    with op.batch_alter_table('panels', schema=None) as batch_op:
        batch_op.create_index('ix_panels_person', ['tenant', 'person_id'], unique=False)

    carry_over(op.get_bind())
    with op.batch_alter_table('cases', schema=None) as batch_op:
        for column in ('shop_id', 'state', 'version', 'proceedings'):
            batch_op.alter_column(column, server_default=None)


def carry_over(connection: sa.Connection) -> None:
    """Give the cases that are there their state, their clock, and the first entry of their record."""
    when = sa.DateTime(timezone=True)
    cases = sa.table('cases', sa.column('id'), sa.column('tenant'), sa.column('data', sa.JSON), sa.column('shop_id'),
                     sa.column('state'), sa.column('due_at', when), sa.column('created_at', when), sa.column('proceedings', sa.JSON))
    events = sa.table('case_events', sa.column('case_id'), sa.column('seq'), sa.column('tenant'), sa.column('at', when),
                      sa.column('actor'), sa.column('kind'), sa.column('data', sa.JSON), sa.column('hash'), sa.column('previous'))
    for row in connection.execute(sa.select(cases.c.id, cases.c.tenant, cases.c.data, cases.c.created_at)).all():
        data = dict(row.data)
        flow = FLOWS.get(data['kind'], 'errand')
        closed = data['state'] in ('done', 'withdrawn')
        state = data['state'] if closed else STATES.get(flow, 'in_progress')
        due = None if closed else next((step['due'] for step in data['steps'] if not step['at'] and step['due']), None)
        at = None if closed else datetime.fromisoformat(due) if due else row.created_at
        data |= {'flow': flow, 'state': state, 'version': 1, 'due': at and at.astimezone(UTC).isoformat(),
                 'paid_fen': data['amount_fen'] if flow == 'errand' else 0}
        connection.execute(sa.update(cases).where(cases.c.id == row.id).values(
            data=data, state=state, due_at=at, shop_id=data.get('shop_id') or '', proceedings={}))
        told = {'to': state, 'due': data['due'], 'number': data['number'], 'kind': data['kind'], 'order_id': data['order_id'],
                'amount_fen': data['amount_fen'], 'currency': data['currency'], 'carried_over': True}
        first = salted(CaseEvent(row.tenant, row.id, 1, row.created_at.replace(tzinfo=row.created_at.tzinfo or UTC),
                                 'platform:migration', 'opened', told), token_hex(16))
        connection.execute(sa.insert(events).values(
            case_id=row.id, seq=1, tenant=row.tenant, at=first.at, actor=first.actor, kind='opened', hash=link('', first),
            previous='', data=dict(first.data)))


def downgrade() -> None:
    op.drop_table('panels')
    op.drop_table('jurors')
    op.drop_table('case_events')
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.drop_index('ix_cases_parcel')
        batch_op.drop_index('ix_cases_due')
        batch_op.drop_index('ix_cases_shop')
        for column in ('proceedings', 'tracking_number', 'due_at', 'version', 'state', 'shop_id'):
            batch_op.drop_column(column)
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_column('case_id')
