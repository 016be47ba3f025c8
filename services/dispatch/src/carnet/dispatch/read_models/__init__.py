"""What dispatch shows, derived from its own events and from what it heard; each can be built again at any time."""

from carnet.dispatch.read_models.agenda import agenda
from carnet.dispatch.read_models.articles import articles
from carnet.dispatch.read_models.equipment import equipment
from carnet.dispatch.read_models.nodes import nodes
from carnet.dispatch.read_models.orders import orders
from carnet.dispatch.read_models.parties import parties
from carnet.dispatch.read_models.reports import reports
from carnet.dispatch.read_models.responsibilities import responsibilities
from carnet.dispatch.read_models.technicians import technicians

READ_MODELS = (orders, reports, agenda, technicians, equipment, nodes, responsibilities, parties, articles)
