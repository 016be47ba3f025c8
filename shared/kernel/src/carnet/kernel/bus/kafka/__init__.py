"""The bus on Kafka, through FastStream: one broker a service, batch subscribers, offsets committed when told to."""

from carnet.kernel.bus.kafka.bus import KafkaBus

__all__ = ["KafkaBus"]
