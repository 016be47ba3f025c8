"""The story that most fee scenarios begin with: one object at 1200.00 a year, billed half-yearly in advance (R1)."""

STORY = """
kind: billing
contract:
  kind: maintenance
  currency: CHF
  start: '2026-01-01'
  billing: {every_months: 6, anchor: '2026-01-01', timing: in_advance}
  positions: [{id: A, fee: '1200.00', per: year, from: '2026-01-01'}]
vat: [{from: '2018-01-01', rate: '7.7'}, {from: '2024-01-01', rate: '8.1'}]
payable_step: {CHF: '0.05'}
steps: []
"""
