"""An OCSP responder (RFC 6960) on a thread of the test's, in a namespace."""

import datetime
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

DAY = datetime.timedelta(days=1)
PORT = 8880


class OcspResponder:
    """Answers for one issuer, by its key: what is in `revoked` is, all the rest is good. `mute`: takes questions, and
    says nothing."""

    def __init__(self, namespace, issuer, issued, revoked=(), mute=False):
        self.asked = 0
        self._issuer, self._revoked = issuer, {each.certificate.serial_number for each in revoked}
        self._issued = {each.certificate.serial_number: each.certificate for each in issued}
        self._released = threading.Event()
        responder = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                question = self.rfile.read(int(self.headers["Content-Length"]))
                responder.asked += 1
                if mute:
                    responder._released.wait()
                    return
                answer = responder._answer(question)
                self.send_response(200)
                self.send_header("Content-Type", "application/ocsp-response")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = HTTPServer(("", PORT), Handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = namespace.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._server.server_bind()
        self._server.server_activate()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self):
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, question):
        request = ocsp.load_der_ocsp_request(question)
        certificate = self._issued[request.serial_number]
        is_revoked = request.serial_number in self._revoked
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=certificate,
            issuer=self._issuer.certificate,
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=now,
            next_update=now + DAY,
            revocation_time=now - DAY if is_revoked else None,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self._issuer.certificate)
        return builder.sign(self._issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
