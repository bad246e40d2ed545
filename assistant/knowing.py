"""The knowledge of a platform, as its settings have it: for the server and the command line alike."""

from assistant.decisions.jurisdiction import jurisdiction_of
from assistant.settings import Settings
from knowledge.embedding import encoder_for
from knowledge.service import Knowledge


def knowledge_for(settings: Settings) -> Knowledge:
    """The knowledge with the encoder and of the jurisdiction that are set; where there is no encoder, words only.

    Raises:
        BadInput: a setting is wrong.
        Unavailable: the encoder that is set can't be loaded.
    """
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    encoder = encoder_for(settings.embedding, settings.openai_base_url, key)
    place = jurisdiction_of(settings.jurisdiction).id
    return Knowledge(settings.home, encoder, words_only=encoder is None, jurisdiction=place)
